package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/textproto"
	"strconv"
	"sync"
	"time"

	"amend/access"
	"amend/customer"
	"amend/internal/api"
	"amend/internal/server"
	"amend/internal/store"
)

// HTTP measures one change over HTTP: a POST of one preference with a bearer token, answered
// 201 once it is applied and on disk. Its floor is the engine itself, in the same run. The
// client is as lean as can be, for it runs on the same cores.
func HTTP(ctx context.Context, o Options) (lines []Line, err error) {
	r, err := newRace(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	d, err := openDoor(ctx, r.ground)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	for _, clients := range o.Clients {
		var engine, ours []sample
		n := o.changes(clients)
		for range o.Rounds {
			a, err := r.overHTTP(d, clients, n)
			if err != nil {
				return nil, err
			}
			people := r.picks(n)
			b, err := crowd(clients, n, func(_, i int) error { return r.ground.prefer(ctx, people[i], r.turn.Add(1)) })
			if err != nil {
				return nil, err
			}
			ours, engine = append(ours, a), append(engine, b)
		}
		line := versus("http", fmt.Sprintf("%d clients", clients), "changes/s", engine, ours)
		if clients >= 32 {
			line = line.judged(least("ratio", 0.80))
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// overHTTP lets clients make n changes through a door.
func (r *race) overHTTP(d *door, clients, n int) (sample, error) {
	people := r.picks(n)
	callers := make([]*caller, clients)
	for i := range callers {
		var err error
		if callers[i], err = d.call(); err != nil {
			return sample{}, err
		}
		defer callers[i].conn.Close()
	}
	return crowd(clients, n, func(client, i int) error { return callers[client].prefer(people[i], r.turn.Add(1)) })
}

// A door is the server with its REST door on loopback, and the token of an application.
type door struct {
	address string
	token   string
	stop    context.CancelFunc
	served  sync.WaitGroup
	err     error
}

func openDoor(ctx context.Context, g *ground) (*door, error) {
	_, token, err := g.desk.AddToken(ctx, access.Actor{Name: "site", Roles: []access.Role{access.App}})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	s := server.New(server.Config{
		API: api.New(api.Config{Desk: g.desk, Reader: store.NewReader(g.store, g.house.Calendar), Log: quiet, Clock: g.store.Now}),
		Now: time.Now, Rand: rand.Reader, Log: quiet,
		Health: func(ctx context.Context) (store.Health, error) { return g.store.View(ctx).Health(g.store.Now()) },
		Keys:   g.desk.CheckKeys,
	})
	ctx, stop := context.WithCancel(ctx)
	d := &door{address: l.Addr().String(), token: token, stop: stop}
	d.served.Go(func() { d.err = s.Serve(ctx, l) })
	return d, nil
}

func (d *door) close() error {
	d.stop()
	d.served.Wait()
	return d.err
}

// A caller is one connection that is kept open.
type caller struct {
	conn net.Conn
	in   *bufio.Reader
	head string // of every request, up to whom it is for
	out  bytes.Buffer
}

func (d *door) call() (*caller, error) {
	conn, err := net.Dial("tcp", d.address)
	if err != nil {
		return nil, err
	}
	head := "POST /api/v1/changes HTTP/1.1\r\nHost: " + d.address + "\r\nAuthorization: Bearer " + d.token + "\r\nContent-Type: application/json\r\nAmend-Customer: "
	return &caller{conn: conn, in: bufio.NewReader(conn), head: head}, nil
}

// prefer asks for what ground.prefer does.
func (c *caller) prefer(id customer.ID, turn int64) error {
	body := fmt.Sprintf(`{"record_id":"%s","channel":"portal","reason":"as the customer likes it","items":[{"field":"interests","value":%s}]}`, id, interests(turn))
	c.out.Reset()
	c.out.WriteString(c.head)
	c.out.WriteString(string(id))
	c.out.WriteString("\r\nContent-Length: ")
	c.out.WriteString(strconv.Itoa(len(body)))
	c.out.WriteString("\r\n\r\n")
	c.out.WriteString(body)
	if _, err := c.conn.Write(c.out.Bytes()); err != nil {
		return err
	}
	return c.created()
}

// created reads an answer, which must say 201 and applied.
func (c *caller) created() error {
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	status = bytes.Clone(status)
	length := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		name, value, more := bytes.Cut(bytes.TrimSpace(line), []byte(": "))
		if !more {
			break
		}
		if textproto.CanonicalMIMEHeaderKey(string(name)) == "Content-Length" {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 201")) || !bytes.Contains(body, []byte(`"state":"applied"`)) && !bytes.Contains(body, []byte(`"state":"confirming"`)) {
		return fmt.Errorf("answered %s", bytes.TrimSpace(status))
	}
	return nil
}
