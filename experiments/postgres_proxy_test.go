package experiments

import (
	"bytes"
	"context"
	wire "encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A pgProxy stands between the program and PostgreSQL. It understands where a message of
// the protocol begins and ends, and breaks one connection where it is told to.
type pgProxy struct {
	listener net.Listener
	url      string         // of the server
	server   *pgconn.Config // what it says
	ends     sync.WaitGroup

	mu    sync.Mutex
	plan  pgCut         // where to break; no place: nowhere
	seen  map[pgCut]int // messages since the cut was armed, by direction
	fired bool
	links []*pgLink
}

// A pgCut says where a connection breaks: at the k-th message of a direction, counted from
// when the cut was armed, and before, in the middle of or after passing it on, or killed:
// the server ends the connection's backend before the message comes.
type pgCut struct {
	readers bool   // whether the connections that read are meant, not those that write
	side    string // front: from the program, back: from the server
	k       int
	place   string
}

// openProxy stands before the server of url, and answers the url to connect to instead.
func openProxy(server string) (*pgProxy, string, error) {
	config, err := pgconn.ParseConfig(server)
	if err != nil {
		return nil, "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	p := &pgProxy{listener: listener, url: server, server: config, seen: map[pgCut]int{}}
	p.ends.Go(p.accept)
	through := url.URL{Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Host: listener.Addr().String(), Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	return p, through.String(), nil
}

// close breaks what is left and waits for its end.
func (p *pgProxy) close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for _, l := range p.links {
		l.cut()
	}
	p.mu.Unlock()
	p.ends.Wait()
	return err
}

// arm breaks the connection at c, once.
func (p *pgProxy) arm(c pgCut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan, p.fired = c, false
	clear(p.seen)
}

// disarm lets everything pass again. It waits until the server has done with connections
// that are broken, so that what they stored can be seen, and answers whether the cut came.
func (p *pgProxy) disarm() bool {
	p.mu.Lock()
	p.plan = pgCut{}
	fired, links := p.fired, slices.Clone(p.links)
	p.links = slices.DeleteFunc(p.links, (*pgLink).broken)
	p.mu.Unlock()

	for _, l := range links {
		if l.broken() {
			<-l.over
		}
	}
	return fired
}

// meet counts a message and answers what to do at it.
func (p *pgProxy) meet(l *pgLink, side string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	way := pgCut{readers: l.reads, side: side}
	p.seen[way]++
	way.k, way.place = p.seen[way], p.plan.place
	if way.place == "" || p.fired || way != p.plan {
		return ""
	}
	p.fired = true
	l.breaks()
	return p.plan.place
}

func (p *pgProxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.ends.Go(func() { p.connect(client) })
	}
}

// A pgLink is one connection of the program and the one to the server behind it.
type pgLink struct {
	client net.Conn
	server net.Conn
	reads  bool
	pid    uint32        // of the backend
	over   chan struct{} // closed when the server has done with it

	once sync.Once
	torn chan struct{} // closed when it is to break
}

func (l *pgLink) breaks() { l.once.Do(func() { close(l.torn) }) }

func (l *pgLink) broken() bool {
	select {
	case <-l.torn:
		return true
	default:
		return false
	}
}

// cut breaks the connection: the program loses it at once, while the server still reads
// what has reached it and finds the end only then.
func (l *pgLink) cut() {
	l.breaks()
	_ = l.client.Close()
	_ = l.server.(interface{ CloseWrite() error }).CloseWrite()
}

// connect passes one connection on until it ends.
func (p *pgProxy) connect(client net.Conn) {
	defer client.Close()
	hello, err := readHello(client)
	if err != nil {
		return
	}
	network, address := pgconn.NetworkAddress(p.server.Host, p.server.Port)
	server, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer server.Close()
	l := &pgLink{client: client, server: server, reads: bytes.Contains(hello, []byte("default_transaction_read_only\x00on")), over: make(chan struct{}), torn: make(chan struct{})}
	defer close(l.over)
	p.mu.Lock()
	p.links = append(p.links, l)
	p.mu.Unlock()
	if _, err := server.Write(hello); err != nil {
		return
	}
	p.ends.Go(func() { p.forth(l) })
	p.back(l)
}

// forth passes on what the program says.
func (p *pgProxy) forth(l *pgLink) {
	defer l.cut()
	for {
		message, err := readMessage(l.client)
		if err != nil {
			return
		}
		switch p.meet(l, "front") {
		case "before":
			return
		case "middle":
			_, _ = l.server.Write(message[:(len(message)+1)/2])
			return
		case "after":
			_, _ = l.server.Write(message)
			return
		case "killed":
			if err := p.kill(l.pid); err != nil {
				return
			}
		}
		if _, err := l.server.Write(message); err != nil && !l.broken() {
			return
		}
	}
}

// back passes on what the server says, and hears it to its end when nobody listens any more.
func (p *pgProxy) back(l *pgLink) {
	defer l.cut()
	for {
		message, err := readMessage(l.server)
		if err != nil {
			return
		}
		if message[0] == 'K' {
			l.pid = wire.BigEndian.Uint32(message[5:])
		}
		switch p.meet(l, "back") {
		case "before":
			l.cut()
		case "middle":
			_, _ = l.client.Write(message[:(len(message)+1)/2])
			l.cut()
		}
		if _, err := l.client.Write(message); err != nil {
			l.cut()
			_, _ = io.Copy(io.Discard, l.server)
			return
		}
	}
}

// kill ends a backend as an operator would, and waits until it has ended.
func (p *pgProxy) kill(pid uint32) error {
	conn, err := pgx.Connect(context.Background(), p.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	var gone bool
	if err := conn.QueryRow(context.Background(), "SELECT pg_terminate_backend($1, 10000)", int32(pid)).Scan(&gone); err != nil {
		return err
	}
	if !gone {
		return errors.New("a backend does not end")
	}
	return nil
}

// maxMessage bounds one message; a life's are some kilobytes.
const maxMessage = 16 << 20

// readHello reads the first message of a connection, which has no type. An offer to
// encrypt is declined.
func readHello(c net.Conn) ([]byte, error) {
	for {
		hello, err := readSized(c, nil)
		if err != nil {
			return nil, err
		}
		switch wire.BigEndian.Uint32(hello[4:]) {
		case 80877103, 80877104: // SSL, GSSAPI
			if _, err := c.Write([]byte{'N'}); err != nil {
				return nil, err
			}
			continue
		}
		return hello, nil
	}
}

// readMessage reads one message: a type, a length that counts itself, and the rest.
func readMessage(c net.Conn) ([]byte, error) {
	kind := make([]byte, 1)
	if _, err := io.ReadFull(c, kind); err != nil {
		return nil, err
	}
	return readSized(c, kind)
}

func readSized(c net.Conn, before []byte) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, err
	}
	n := wire.BigEndian.Uint32(size[:])
	if n < 4 || n > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes", n)
	}
	message := append(append(before, size[:]...), make([]byte, n-4)...)
	_, err := io.ReadFull(c, message[len(message)-int(n-4):])
	return message, err
}
