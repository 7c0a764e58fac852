package platter

import (
	"bytes"
	"math/rand/v2"
	"syscall"
	"testing"
)

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

func must(t *testing.T, errnos ...syscall.Errno) {
	t.Helper()
	for _, e := range errnos {
		if e != 0 {
			t.Fatal(e)
		}
	}
}

func create(t *testing.T, d *Disk, name string) *File {
	t.Helper()
	f, e := d.Root().Create(name)
	must(t, e)
	return f
}

// holds is what a file has after the power came back; nil without the file.
func holds(d *Disk, name string) []byte {
	f, ok := d.Root().Lookup(name).(*File)
	if !ok {
		return nil
	}
	size, _ := f.Size()
	b := make([]byte, size)
	return b[:f.Read(b, 0)]
}

var long = bytes.Repeat([]byte("markaz "), 2000)

// Whatever the image: what was synced is there, name and all, and what was not is part of what was written.
func TestSyncedIsThereAfterEveryImage(t *testing.T) {
	for _, image := range append(Images(), Mixed) {
		for seed := range uint64(200) {
			d := New()
			f := create(t, d, "a")
			must(t, f.Write(long, 0), f.Sync(), d.Root().Sync())
			must(t, f.Write([]byte("more"), int64(len(long))))
			d.Cut()
			d.Restore(image, seeded(seed))
			got := holds(d, "a")
			if len(got) < len(long) || !bytes.Equal(got[:len(long)], long) {
				t.Fatalf("%s, seed %d: what was synced is not there", image, seed)
			}
			if rest := got[len(long):]; !bytes.HasPrefix([]byte("more"), bytes.TrimRight(rest, "\x00")) && image != Bytes {
				t.Errorf("%s, seed %d: behind it stands %q", image, seed, rest)
			}
		}
	}
}

func TestUnsyncedNamesAreLost(t *testing.T) {
	d := New()
	f := create(t, d, "a.new")
	must(t, f.Write(long, 0), f.Sync(), d.Root().Rename("a.new", "a"))
	d.Cut()
	d.Restore(Drop, seeded(1))
	if left := d.Root().List(); len(left) != 0 {
		t.Errorf("there is %v", left)
	}
}

// A rename happens whole: never both names, never none where the first was saved.
func TestRenameIsWhole(t *testing.T) {
	for seed := range uint64(200) {
		d := New()
		f := create(t, d, "a.new")
		must(t, f.Write(long, 0), f.Sync(), d.Root().Sync(), d.Root().Rename("a.new", "a"))
		d.Cut()
		d.Restore(Mixed, seeded(seed))
		if (holds(d, "a") == nil) == (holds(d, "a.new") == nil) {
			t.Fatalf("seed %d: there is %v", seed, d.Root().List())
		}
	}
}

// Every image does what its name says to a write of many sectors.
func TestImagesTear(t *testing.T) {
	torn := map[Image]bool{}
	for _, image := range Images() {
		for seed := range uint64(50) {
			d := New()
			f := create(t, d, "a")
			must(t, f.Resize(int64(len(long))), f.Sync(), d.Root().Sync(), f.Write(long, 0))
			d.Cut()
			d.Restore(image, seeded(seed))
			got := holds(d, "a")
			torn[image] = torn[image] || !bytes.Equal(got, long) && !bytes.Equal(got, make([]byte, len(long)))
		}
	}
	for image, is := range torn {
		if whole := image == Drop || image == All; is == whole {
			t.Errorf("%s: torn is %v", image, is)
		}
	}
}

func TestSeedRepeats(t *testing.T) {
	image := func() []byte {
		d := New()
		for _, name := range []string{"a", "b", "c"} {
			f := create(t, d, name)
			must(t, f.Write(long, 0), f.Write(long, 777))
		}
		d.Cut()
		d.Restore(Mixed, seeded(7))
		return append(append(holds(d, "a"), holds(d, "b")...), holds(d, "c")...)
	}
	if !bytes.Equal(image(), image()) {
		t.Error("the same seed gives another image")
	}
}

func TestFaults(t *testing.T) {
	d := New()
	f := create(t, d, "a")
	d.Arm(Fault{FailSync: 2, Forget: true})
	must(t, f.Write(long, 0), f.Sync(), f.Write([]byte("x"), 0))
	if e := f.Sync(); e != syscall.EIO {
		t.Errorf("the second sync gives %v", e)
	}
	must(t, f.Sync(), d.Root().Sync())
	if got := holds(d, "a"); got[0] != 'x' {
		t.Error("what a failed sync forgot can be read no more")
	}
	d.Arm(Fault{CutAt: 1})
	if e := f.Write([]byte("y"), 0); e != syscall.EIO {
		t.Errorf("the write that is cut gives %v", e)
	}
	if e := f.Sync(); e != syscall.EIO {
		t.Errorf("a sync without power gives %v", e)
	}
	<-d.Dark()
	d.Restore(Drop, seeded(1))
	if got := holds(d, "a"); !bytes.Equal(got, long) {
		t.Error("what a failed sync forgot came back")
	}
}

func TestRoom(t *testing.T) {
	d := New()
	f := create(t, d, "a")
	must(t, f.Write(make([]byte, 3*PageBytes), 0), f.Allocate(0, 5*PageBytes, false))
	d.Room(5)
	must(t, f.Write(long[:PageBytes], 4*PageBytes), f.Resize(100*PageBytes))
	if e := f.Write(long[:1], 50*PageBytes); e != syscall.ENOSPC {
		t.Errorf("without room: %v", e)
	}
	d.Arm(Fault{Mute: true})
	if e := f.Write(long[:1], 50*PageBytes); e != syscall.EIO {
		t.Errorf("without room or words: %v", e)
	}
	d.Room(6)
	must(t, f.Write(long[:1], 50*PageBytes))
	must(t, d.Root().Remove("a"))
	if used, _ := d.Usage(); used != 0 {
		t.Errorf("%d pages are used by nothing", used)
	}
}
