package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"markaz.example/edge/berth"
)

// The peer of a drain: NATS JetStream. A leaf node holds the records in a stream of its own; three hub servers, which
// sync every write before they answer, take them over into a stream of three replicas. The line between leaf and hub
// is compressed with s2.

const (
	natsStream   = "LEDGER"
	natsDomain   = "leaf"
	natsWait     = time.Minute     // for servers to be ready
	natsDrainMax = 5 * time.Minute // a million records take some 20 s
	natsLook     = 20 * time.Millisecond
	natsPending  = 4096 // publications under way while the leaf is filled
	hubs         = 3
)

// natsOnce is one drain of the peer.
func natsOnce(b *bench, dir string) (d drained, err error) {
	defer os.RemoveAll(dir)
	routes, err := berth.Addresses(hubs)
	if err != nil {
		return d, err
	}
	group, client, leafDoor, err := startHubs(dir, routes)
	defer func() { err = errors.Join(err, endAll(group)) }()
	if err != nil {
		return d, err
	}
	cable, err := newCable(leafDoor)
	if err != nil {
		return d, err
	}
	defer cable.close()
	leaf, err := startPart("nats-leaf", filepath.Join(dir, "leaf"), b.centre.flat, cable.address())
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, leaf.end()) }()
	var filled uint64
	if err := leaf.hear(&filled); err != nil {
		return d, err
	}
	before := cable.up.Load()
	seconds, err := natsDrain(client, filled)
	d = drained{Records: filled, Seconds: seconds, Wire: cable.up.Load() - before}
	if err != nil {
		return d, err
	}
	leaf.in.Close()
	if err := leaf.hear(&d.Near); err != nil {
		return d, err
	}
	d.Far, err = mostMemory(group)
	return d, err
}

func startHubs(dir string, routes []string) (group []*process, client, leafDoor string, err error) {
	for i := range hubs {
		p, err := startPart(append([]string{"nats-hub", filepath.Join(dir, fmt.Sprint("hub-", i)), fmt.Sprint(i)}, routes...)...)
		if err != nil {
			return group, "", "", err
		}
		group = append(group, p)
	}
	for _, p := range group {
		var doors [2]string
		if err := p.hear(&doors); err != nil {
			return group, "", "", err
		}
		client, leafDoor = doors[0], doors[1]
	}
	return group, client, leafDoor, nil
}

// natsDrain lets the hub take everything over, and stops the clock when every replica has it.
func natsDrain(client string, records uint64) (float64, error) {
	c, err := nats.Connect(client)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	js, err := c.JetStream(nats.MaxWait(natsWait))
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	_, err = js.AddStream(&nats.StreamConfig{
		Name: "ARCHIVE", Storage: nats.FileStorage, Replicas: hubs,
		Sources: []*nats.StreamSource{{Name: natsStream, External: &nats.ExternalStream{APIPrefix: "$JS." + natsDomain + ".API"}}},
	})
	if err != nil {
		return 0, fmt.Errorf("make the hub's stream: %w", err)
	}
	for time.Since(begun) < natsDrainMax {
		if info, err := js.StreamInfo("ARCHIVE"); err == nil && info.State.Msgs == records && replicated(info) {
			return time.Since(begun).Seconds(), nil
		}
		time.Sleep(natsLook)
	}
	return 0, fmt.Errorf("the hub has not taken %d records over within %s", records, natsDrainMax)
}

func replicated(info *nats.StreamInfo) bool {
	if info.Cluster == nil || len(info.Cluster.Replicas) != hubs-1 {
		return false
	}
	for _, r := range info.Cluster.Replicas {
		if !r.Current || r.Lag > 0 {
			return false
		}
	}
	return true
}

// natsHubPart is one server of the hub. Its arguments are a directory, its number, and the addresses of the routes.
func natsHubPart(args []string) error {
	dir, routes := args[0], args[2:]
	var number int
	if _, err := fmt.Sscan(args[1], &number); err != nil {
		return err
	}
	_, port, err := splitPort(routes[number])
	if err != nil {
		return err
	}
	o := natsOptions("hub-"+args[1], dir)
	o.SyncAlways = true
	o.Cluster = server.ClusterOpts{Name: "hub", Host: "127.0.0.1", Port: port}
	o.LeafNode = server.LeafNodeOpts{Host: "127.0.0.1", Port: -1, Compression: server.CompressionOpts{Mode: server.CompressionS2Fast}}
	for _, r := range routes {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: r})
	}
	s, err := startNATS(o)
	if err != nil {
		return err
	}
	defer s.Shutdown()
	for deadline := time.Now().Add(natsWait); !s.JetStreamIsCurrent() || s.ClusterAddr() == nil; {
		if time.Now().After(deadline) {
			return errors.New("the hub does not find itself together")
		}
		time.Sleep(natsLook)
	}
	if err := say([2]string{s.ClientURL(), fmt.Sprintf("127.0.0.1:%d", o.LeafNode.Port)}); err != nil {
		return err
	}
	awaitEnd()
	m, err := memoryNow()
	return errors.Join(err, say(m))
}

// natsLeafPart is the server at the centre, with every record waiting in its stream.
func natsLeafPart(args []string) error {
	dir, flat, hub := args[0], args[1], args[2]
	o := natsOptions("leaf", dir)
	o.JetStreamDomain = natsDomain
	o.LeafNode.Remotes = []*server.RemoteLeafOpts{{
		URLs: []*url.URL{{Scheme: "nats", Host: hub}}, Compression: server.CompressionOpts{Mode: server.CompressionS2Fast},
	}}
	s, err := startNATS(o)
	if err != nil {
		return err
	}
	defer s.Shutdown()
	records, err := fillLeaf(s.ClientURL(), flat)
	if err != nil {
		return fmt.Errorf("fill the leaf: %w", err)
	}
	for deadline := time.Now().Add(natsWait); s.NumLeafNodes() == 0; time.Sleep(natsLook) {
		if time.Now().After(deadline) {
			return errors.New("the leaf does not reach the hub")
		}
	}
	if err := say(records); err != nil {
		return err
	}
	awaitEnd()
	m, err := memoryNow()
	return errors.Join(err, say(m))
}

func natsOptions(name, dir string) *server.Options {
	return &server.Options{
		ServerName: name, Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true, JetStream: true, StoreDir: dir,
	}
}

func startNATS(o *server.Options) (*server.Server, error) {
	s, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(natsWait) {
		s.Shutdown()
		return nil, fmt.Errorf("the NATS server %s does not come up", o.ServerName)
	}
	return s, nil
}

// fillLeaf publishes every record of the flat file.
func fillLeaf(client, flat string) (records uint64, err error) {
	c, err := nats.Connect(client)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	js, err := c.JetStream(nats.PublishAsyncMaxPending(natsPending))
	if err != nil {
		return 0, err
	}
	if _, err := js.AddStream(&nats.StreamConfig{Name: natsStream, Subjects: []string{"ledger"}, Storage: nats.FileStorage}); err != nil {
		return 0, err
	}
	f, err := os.Open(flat)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for in := bufio.NewReaderSize(f, 1<<20); ; records++ {
		size, err := binary.ReadUvarint(in)
		if errors.Is(err, io.EOF) {
			break
		}
		stored := make([]byte, size)
		if _, err := io.ReadFull(in, stored); err != nil {
			return records, err
		}
		if _, err := js.PublishAsync("ledger", stored, nats.StallWait(natsWait)); err != nil {
			return records, err
		}
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-time.After(natsWait):
		return records, errors.New("publications are not answered")
	}
	info, err := js.StreamInfo(natsStream)
	if err == nil && info.State.Msgs != records {
		err = fmt.Errorf("%d of %d records are in the stream", info.State.Msgs, records)
	}
	return records, err
}

func splitPort(address string) (host string, port int, err error) {
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return "", 0, err
	}
	return a.IP.String(), a.Port, nil
}
