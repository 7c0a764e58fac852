package plug

import "time"

const (
	// eventBytesMax is the kernel's own bound of one message. Source: Linux include/linux/kobject.h, UEVENT_BUFFER_SIZE
	// 2048, behind a header that is a device path: 4096 at the most, PATH_MAX.
	eventBytesMax = 2048 + 4096

	// receiveBytes is asked of the kernel for messages that wait: a hub with seven devices sends some 100 of 500 bytes
	// when it is plugged in, and a busy box may look a second later. Four times that.
	receiveBytes = 256 << 10

	// pollDefault is between two looks around where the kernel's messages cannot be had. Drivers ask for their own
	// device every 5 s anyway; this is for whoever lists what is there.
	pollDefault = 30 * time.Second

	// attributeBytesMax bounds one file of sysfs, which is never larger than a page.
	attributeBytesMax = 4096

	// portMax is the last interface number that a USB descriptor can hold.
	portMax = 255
)
