package profile

import (
	"strings"
	"testing"
)

const goodURU = `model = "Test reader"
class = "finger"
protocol = "uru4000"
quality_min = 55
usb = ["05ba:000a"]

[picture]
width = 384
height = 289
dpi = 500
`

const goodSBI = `model = "Test reader"
class = "finger"
protocol = "mosip-sbi"
quality_min = 40

[service]
trust = "trust.pem"
env = "Developer"
purpose = "Registration"
`

func TestOtherFingerProtocols(t *testing.T) {
	for _, c := range []struct{ name, text, from, to, want string }{
		{"good U.are.U", goodURU, "", "", ""},
		{"no ids", goodURU, `usb = ["05ba:000a"]`, ``, "usb is missing"},
		{"another sensor", goodURU, "384", "256", "picture.width = 256 is none of"},
		{"a line", goodURU, "[picture]", "[line]\nbaud = 57600\n[picture]", `line means nothing to a reader of protocol "uru4000"`},
		{"firmware", goodURU, "[picture]", "[firmware]\nsecurity = 3\n[picture]", "firmware means nothing"},
		{"good service", goodSBI, "", "", ""},
		{"no trust", goodSBI, `trust = "trust.pem"`, ``, "service.trust is missing"},
		{"no such environment", goodSBI, "Developer", "Test", `service.env = "Test"`},
		{"no such purpose", goodSBI, "Registration", "Login", `service.purpose = "Login"`},
		{"quality of none", goodSBI, "= 40", "= 0", "quality_min = 0 is outside 1 to 100"},
		{"port outside", goodSBI, `trust =`, "first_port = 80\ntrust =", "service.first_port = 80"},
		{"ports the wrong way", goodSBI, `trust =`, "first_port = 4590\nlast_port = 4510\ntrust =", "service.last_port = 4510"},
		{"a picture", goodSBI, "[service]", "[picture]\nwidth = 384\n[service]", "picture means nothing"},
		{"a service for a module", goodFinger, "[line]", "[service]\ntrust = \"x\"\n[line]", "service means nothing"},
	} {
		_, err := loadFingerText(strings.Replace(c.text, c.from, c.to, 1))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
