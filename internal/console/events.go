package console

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"amend/fault"
)

// The bounds of news: a browser holds one connection for each window that shows the inbox,
// and a server must not drown in those that nobody looks at.
const (
	streamsInAll     = 200
	streamsOfSession = 2
	streamLives      = 10 * time.Minute // then the browser connects again
	streamBeats      = 20 * time.Second // so that nothing between us closes it, and a session that is over is noticed
	streamRests      = time.Second      // between two messages
	streamWrites     = 10 * time.Second // before a browser that does not read is given up
)

// streams are the connections that are open, by session, oldest first.
type streams struct {
	mu   sync.Mutex
	all  int
	each map[string][]*seat
}

// A seat is one connection's.
type seat struct {
	session string
	gone    chan struct{} // closed when a newer window of the session takes it
}

func newStreams() *streams { return &streams{each: map[string][]*seat{}} }

// take reserves a seat. The newest window of a session is the one that is looked at, so it
// takes that of the oldest; too many in all are refused at once instead of waiting.
func (s *streams) take(session string) (*seat, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= streamsInAll {
		return nil, fault.New(fault.Unavailable, "too_many_streams")
	}
	if held := s.each[session]; len(held) >= streamsOfSession {
		close(held[0].gone)
		s.each[session] = held[1:]
	}
	p := &seat{session, make(chan struct{})}
	s.all++
	s.each[session] = append(s.each[session], p)
	return p, nil
}

func (s *streams) leave(p *seat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	s.each[p.session] = slices.DeleteFunc(s.each[p.session], func(held *seat) bool { return held == p })
	if len(s.each[p.session]) == 0 {
		delete(s.each, p.session)
	}
}

// serve tells a window of the inbox how much began to wait since it was opened. It carries a
// number and nothing else, and ends with the session.
func (s *streams) serve(v *visit) error {
	v.w.Header().Del("Set-Cookie") // an open window is nobody's presence
	at, err := s.take(v.who.Session.ID)
	if err != nil {
		return err
	}
	defer s.leave(at)
	_, newest, err := v.Reader.News(v.ctx, v.by(), "")
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy that gathers would hold news back
	n := &stream{visit: v, gone: at.gone, out: http.NewResponseController(v.w), since: newest}
	if err := n.write("retry: 5000\n\n"); err == nil {
		n.run()
	}
	return nil // the answer has begun: whatever ends it, the browser connects again
}

// A stream is one connection.
type stream struct {
	*visit
	out   *http.ResponseController
	gone  <-chan struct{}
	since string
	count int
}

// run writes until the browser leaves, its session ends, or its time is up.
func (n *stream) run() {
	over := time.NewTimer(streamLives)
	defer over.Stop()
	beat := time.NewTicker(streamBeats)
	defer beat.Stop()
	for {
		woken, beats := n.Desk.Woken(), false // asked for before looking, so that nothing falls in between
		if n.look() != nil {
			return
		}
		select {
		case <-n.ctx.Done():
			return
		case <-over.C:
			return
		case <-n.gone:
			_ = n.write("retry: 60000\n\n") // windows must not take each other's place without end
			return
		case <-beat.C:
			beats = true
		case <-woken:
		}
		if beats && n.write(": beat\n\n") != nil {
			return
		}
		select {
		case <-n.ctx.Done():
			return
		case <-n.gone: // said above, before it rests again
		case <-time.After(streamRests):
		}
	}
}

// look asks who the connection belongs to now, and what is new for them.
func (n *stream) look() error {
	who, err := n.Reader.Visitor(n.ctx, n.Door.Cookie(n.r, sessionCookie))
	if err != nil {
		return err
	}
	fresh, newest, err := n.Reader.News(n.ctx, who.Actor, n.since)
	if err != nil {
		return err
	}
	n.since = newest
	if fresh == 0 {
		return nil
	}
	n.count += fresh
	return n.write(fmt.Sprintf("event: inbox\ndata: %s\n\n", strconv.Itoa(n.count)))
}

// write sends a piece at once. A server's deadline for a whole answer does not fit one that
// never ends: each piece has its own.
func (n *stream) write(piece string) error {
	_ = n.out.SetWriteDeadline(time.Now().Add(streamWrites)) // a recorder has none
	if _, err := n.w.Write([]byte(piece)); err != nil {
		return err
	}
	return n.out.Flush()
}
