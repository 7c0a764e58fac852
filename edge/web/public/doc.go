// Package public is what visitors touch: the kiosk, the page of their slip while it is printed, and the page behind the
// slip's QR on their own phone.
//
// It sets no cookie and shows no name. A visitor's press gives one number however often the screen is hit; the phone page
// knows a visit only by the code on the paper.
package public
