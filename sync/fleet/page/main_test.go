package page_test

import (
	"testing"

	"go.uber.org/goleak"
)

// The browser's library leaves readers behind that end with the browser's process, after its test.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/go-rod/rod/lib/cdp.(*Client).consumeMessages"))
}
