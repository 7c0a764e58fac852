package main

func slipTimes(*bench) ([]row, error) { return nil, nil }
