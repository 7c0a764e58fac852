// Package public is what visitors touch: the kiosk, the page of their slip while it is printed, their place in line when
// they ask at the kiosk, the page behind the slip's QR on their own phone, and the page of the helper at the door, who gives
// numbers with a class.
//
// How a visitor looks at a kiosk (language, size, contrast, one switch) travels in the addresses and ends with her. Of
// herself she says only what nobody gains by: no stairs, a woman at the desk. What makes a class is seen at the door.
//
// It sets no cookie and shows no name. A visitor's press gives one number however often the screen is hit; the phone page
// knows a visit only by the code on the paper.
package public
