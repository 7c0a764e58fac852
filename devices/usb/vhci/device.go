package vhci

import (
	"context"
	"encoding/binary"

	"markaz.example/devices/usb"
)

// Device is a simulated USB device.
type Device interface {
	// Run is the device's own life, which goes on while no cable is plugged in. It ends with the context.
	Run(ctx context.Context) error
	Descriptors() Descriptors
	// Attach is called when a cable is plugged in.
	Attach() Function
}

// Function is a device on one cable. Run is called once and ends with its context, which is the cable's; the others come
// from any goroutine, one at a time for each endpoint.
//
// Each transfer may take its time, which the host sees as NAK: nothing yet. When its context ends, because the host took
// the transfer back or the cable was pulled, it returns at once with the count of bytes it moved; bytes it did not move
// it keeps for the next. Errors: usb.ErrStall; anything else is a device that breaks down in the middle of a transfer.
type Function interface {
	Run(ctx context.Context) error
	// Control answers class and vendor requests. Data is what the host sends, or room of the length that it asks for; the
	// answer, which need not lie in it, is cut off at that length.
	Control(ctx context.Context, r usb.Request, data []byte) (answer []byte, err error)
	// In fills b for an endpoint to the host; less than b holds is a short packet.
	In(ctx context.Context, endpoint uint8, b []byte) (int, error)
	// Out takes b on an endpoint to the device.
	Out(ctx context.Context, endpoint uint8, b []byte) (int, error)
}

// kindMask is where a request says whose it is: standard, class or vendor. Source: USB 2.0 table 9-2.
const kindMask, kindStandard = 0x60, 0

// requestOf reads the head of a control transfer. Its last field, the length, the message around it says too.
func requestOf(setup [8]byte) usb.Request {
	return usb.Request{
		Type: setup[0], Code: setup[1],
		Value: binary.LittleEndian.Uint16(setup[2:]), Index: binary.LittleEndian.Uint16(setup[4:]),
	}
}

// Speed is how fast a device says it can go. Source: enum usb_device_speed in Linux include/uapi/linux/usb/ch9.h.
type Speed int

// The two speeds of the devices of a centre.
const (
	Full Speed = 2
	High Speed = 3
)

// Descriptors are what a device says of itself. Source of the bytes: USB 2.0 section 9.6.
type Descriptors struct {
	Speed   Speed
	Device  []byte   // 18 bytes
	Config  []byte   // the configuration with its interfaces and endpoints; one is all that devices of a centre have
	Strings []string // from number 1 on
}

// Kinds of descriptors. Source: USB 2.0 table 9-5.
const (
	descDevice, descConfig, descString, descInterface, descEndpoint = 1, 2, 3, 4, 5
)

// identity is what makes devices of one make different.
type identity struct {
	vendor, product     uint16
	class               uint8 // of the device; 0: each interface has its own
	maker, name, serial string
}

// device is the device descriptor, with the strings in the order in which it numbers them.
func (d identity) device() (descriptor []byte, strings []string) {
	b := []byte{18, descDevice, 0x00, 0x02, d.class, 0, 0, 64, 0, 0, 0, 0, 0x00, 0x01, 1, 2, 0, 1}
	binary.LittleEndian.PutUint16(b[8:], d.vendor)
	binary.LittleEndian.PutUint16(b[10:], d.product)
	strings = []string{d.maker, d.name}
	if d.serial != "" {
		b[16] = 3
		strings = append(strings, d.serial)
	}
	return b, strings
}

// config puts a configuration's head before its interfaces: number 1, self-powered.
func config(interfaces uint8, parts ...[]byte) []byte {
	const headBytes, selfPowered = 9, 0xc0
	b := []byte{headBytes, descConfig, 0, 0, interfaces, 1, 0, selfPowered, 1}
	for _, p := range parts {
		b = append(b, p...)
	}
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

func face(number, endpoints, class, subClass, protocol uint8) []byte {
	return []byte{9, descInterface, number, 0, endpoints, class, subClass, protocol, 0}
}

// Kinds of endpoints. Source: USB 2.0 table 9-13.
const bulk, interrupt = 2, 3

func endpoint(address, kind uint8, packet uint16, interval uint8) []byte {
	return []byte{7, descEndpoint, address, kind, byte(packet), byte(packet >> 8), interval}
}

// packetBulk is the packet of a bulk endpoint at high speed, in bytes. Source: USB 2.0 section 5.8.3.
const packetBulk = 512
