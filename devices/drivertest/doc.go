// Package drivertest is what every driver must survive, whatever it drives: being cancelled, unplugged and plugged in
// again, noise, half an answer, and silence.
//
// A driver's tests call [Run] with a [Harness]: the device (a simulator or a real port to one) and how to make the
// driver. The suite puts itself between the two and does the harm. It uses no clock of its own, so it runs inside a
// testing/synctest bubble as well as over a real line. What the device itself can do wrong, such as running out of
// paper, is for the driver's own tests; a fault script on an outlet does that and the harm in one.
//
// [Tape] holds a driver against what a real device once said: simulator and driver may share a mistake, a tape does not. [Record] makes such
// a tape, from a simulator until somebody has met the device. Package kit holds that each protocol of a serial line has one.
//
// Two readers are on no line, so neither fits them, and each has tests of harm of its own: package uru, whose bus is
// usbtest's (TestLineTroubles, TestBrokenPictures, TestUnplug, TestComesBackFromAnything), and package sbi, whose
// service is reached over HTTP (TestCutAtEveryByte, TestGarbage, TestWhoIsBelieved).
package drivertest
