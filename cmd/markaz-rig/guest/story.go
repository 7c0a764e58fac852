package guest

import "context"

// tell is everything that is checked, chapter by chapter. Each begins with nothing plugged in.
func tell(ctx context.Context, j *judge) {
	for _, chapter := range []func(context.Context, *judge){kernelDrivers, serialLine, scaleLine, reader, usbProgram, centre} {
		chapter(ctx, j)
	}
}
