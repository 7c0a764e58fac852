package usbtest_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/usb"
	"markaz.example/devices/usb/usbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// camera is a simulated device as a driver's package would have it: it takes a picture when register 7 is written.
type camera struct {
	*usbtest.Device
	shots chan byte
}

func newCamera() *camera {
	c := &camera{shots: make(chan byte)}
	c.Device = usbtest.NewRaw(usb.ID{Vendor: 0x1234, Product: 0x0001}, "C-1", usb.Endpoint{Address: 0x82, Transfer: usb.Bulk, Packet: 64})
	c.Control = func(ctx context.Context, r usb.Request, data []byte) (int, error) {
		if r.Type != 0x40 || r.Value != 7 || len(data) != 1 {
			return 0, usb.ErrStall
		}
		select {
		case c.shots <- data[0]:
			return 1, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	c.Life = func(ctx context.Context) {
		for {
			select {
			case shade := <-c.shots:
				c.Send(ctx, 0x82, []byte{shade, shade, shade})
			case <-ctx.Done():
				return
			}
		}
	}
	return c
}

// TestADeviceOfOnesOwn goes the whole way: opener, socket protocol, server, bus, device; and again after a replug.
func TestADeviceOfOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newCamera()
		opener := usb.Interface{Socket: usbtest.Memory(t, device.Device), Selector: usb.Selector{IDs: []usb.ID{{Vendor: 0x1234, Product: 0x0001}}}}
		for range 2 {
			h, err := opener.OpenUSB(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Control(t.Context(), usb.Request{Type: 0x40, Value: 7}, []byte{9}); err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 64)
			n, err := h.Read(t.Context(), 0x82, b)
			if diff := cmp.Diff([]byte{9, 9, 9}, b[:n]); diff != "" || err != nil {
				t.Errorf("%v, -want +got\n%s", err, diff)
			}
			device.Unplug()
			synctest.Wait()
			device.Plug()
			h.Close()
		}
	})
}

func ExampleBus() {
	bus := usbtest.Bus{Devices: []*usbtest.Device{newCamera().Device}}
	devices, _ := bus.List(context.Background(), []usb.ID{{Vendor: 0x1234, Product: 0x0001}})
	for _, d := range devices {
		fmt.Println(d.Path, d.USBID(), d.Kind, d.Serial)
	}
	// Output: 1-9 1234:0001 raw C-1
}
