package uru

// Vendor and product numbers of the readers that this package speaks to.
const (
	Vendor       = 0x05ba
	Product4500  = 0x000a // 4000B too
	Product4000  = 0x0007
	Product4000a = 0x0008
)

// Pipes of the reader, as its descriptor gives them.
const (
	pipeInterrupt = 0x81
	pipeBulk      = 0x82
)

// DeviceDescriptor is the simulated reader's, of 18 bytes. Source: USB 2.0, section 9.6.1.
func (s *Sim) DeviceDescriptor() []byte {
	const vendorLow, vendorHigh = Vendor & 0xff, Vendor >> 8
	return []byte{18, 1, 0, 2, 0, 0, 0, 64, vendorLow, vendorHigh, Product4500, 0, 3, 1, 1, 2, 3, 1}
}

// ConfigDescriptor is its one configuration with one interface and two pipes, in high-speed terms: an interrupt pipe of
// 64 bytes every 1 ms and a bulk pipe of 512. Source: USB 2.0, sections 9.6.3 to 9.6.6.
func (s *Sim) ConfigDescriptor() []byte {
	return []byte{
		9, 2, 32, 0, 1, 1, 0, 0x80, 50, // one interface, from the bus, 100 mA
		9, 4, 0, 0, 2, 0xff, 0xff, 0xff, 0,
		7, 5, pipeInterrupt, 3, 64, 0, 4,
		7, 5, pipeBulk, 2, 0, 2, 0,
	}
}

// Strings are maker, product and serial number, numbered from 1 as the device descriptor has them.
func (s *Sim) Strings() []string {
	serial := s.Serial
	if serial == "" {
		serial = "SIM00000001"
	}
	return []string{"DigitalPersona, Inc.", "U.are.U 4500 Fingerprint Reader", serial}
}
