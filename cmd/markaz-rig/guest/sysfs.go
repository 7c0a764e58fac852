package guest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"markaz.example/devices/usb"
)

// usbPaths are the devices of an id that the kernel has now, by their names under /sys/bus/usb/devices: "1-1", "1-3".
func usbPaths(id usb.ID) (paths []string) {
	found, _ := filepath.Glob("/sys/bus/usb/devices/*/idVendor")
	for _, file := range found {
		dir := filepath.Dir(file)
		if hex(file) == id.Vendor && hex(filepath.Join(dir, "idProduct")) == id.Product {
			paths = append(paths, filepath.Base(dir))
		}
	}
	return paths
}

// hex reads a number of four digits; 0 when the device has just left.
func hex(file string) uint16 {
	text, _ := os.ReadFile(file)
	n, _ := strconv.ParseUint(strings.TrimSpace(string(text)), 16, 16)
	return uint16(n)
}

// driverOf is the kernel driver that has the first interface of a device; "" for none.
func driverOf(path string) string {
	link, err := os.Readlink(filepath.Join("/sys/bus/usb/devices", path, path+":1.0", "driver"))
	if err != nil {
		return ""
	}
	return filepath.Base(link)
}

// onlyDevice is the one device of an id, once there is one, its interface is set up, and a driver has that; any driver or
// none if driver is "".
func onlyDevice(id usb.ID, driver string) (path string, ok bool, why string) {
	paths := usbPaths(id)
	if len(paths) != 1 {
		return "", false, fmt.Sprintf("%d devices %s", len(paths), id)
	}
	if !setUp(paths[0]) {
		return "", false, "it is being set up"
	}
	has := driverOf(paths[0])
	return paths[0], driver == "" || has == driver, "its driver is " + strconv.Quote(has)
}

// setUp says that the kernel has chosen a device's configuration, so that there are interfaces to open.
func setUp(path string) bool {
	_, err := os.Stat(filepath.Join("/sys/bus/usb/devices", path, path+":1.0"))
	return err == nil
}

// processorTime is what a process used so far, in clock ticks of 10 ms. Source: proc(5), /proc/PID/stat fields 14 and 15.
func processorTime(pid int) (ticks int, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, after, ok := strings.Cut(string(stat), ") ") // the name before it may hold blanks
	f := strings.Fields(after)
	if !ok || len(f) < 13 {
		return 0, errors.New("/proc/PID/stat is not as proc(5) says")
	}
	user, userErr := strconv.Atoi(f[11])
	system, systemErr := strconv.Atoi(f[12])
	return user + system, errors.Join(userErr, systemErr)
}
