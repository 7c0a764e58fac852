// Package lone is one simulated device by itself, without a box: for a technician to try a driver, a profile or a
// configuration with. A device stands on a pseudo-terminal of its own, under a link that a box's configuration or a tool
// can name; a bank pushes to the address of a box.
//
// Whoever runs it does to it by lines of text what package machine calls acts, and is shown what there is to see. Every
// card, finger and bank is made up. Read lone.go next.
package lone
