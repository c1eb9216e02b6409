package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"amend/access"
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

// serve tells a window of the inbox how much began to wait since its list was read. It says a
// number in the reader's language and nothing else, and ends with the session.
func (s *streams) serve(v *visit) error {
	if f := v.by().May(access.ReadChanges); f != nil {
		return f
	}
	v.w.Header().Del("Set-Cookie") // an open window is nobody's presence
	at, err := s.take(v.who.Session.ID)
	if err != nil {
		return err
	}
	defer s.leave(at)
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy that gathers would hold news back
	opened := v.r.URL.Query().Get("since")
	n := &stream{visit: v, gone: at.gone, out: http.NewResponseController(v.w), opened: opened}
	if err := n.write("retry: 5000\n\n"); err == nil {
		n.run()
	}
	return nil // the answer has begun: whatever ends it, the browser connects again
}

// news is where a window hears what comes after its list was read, also when it connects again.
func (v *visit) news() (string, error) {
	_, newest, err := v.Reader.News(v.ctx, v.by(), "")
	return Base + "/events?" + url.Values{"since": {newest}}.Encode(), err
}

// A stream is one connection.
type stream struct {
	*visit
	out    *http.ResponseController
	gone   <-chan struct{}
	opened string // the newest entry when the window's list was read
	told   int    // how much was new when it was told last
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

// look asks who the connection belongs to now, and tells them if it is no longer the same
// that is new: what was told may have moved once more, or wait no longer.
func (n *stream) look() error {
	who, err := n.Reader.Visitor(n.ctx, n.Door.Cookie(n.r, sessionCookie))
	if err != nil {
		return err
	}
	fresh, _, err := n.Reader.News(n.ctx, who.Actor, n.opened)
	if err != nil || fresh == n.told {
		return err
	}
	n.told = fresh
	return n.write("event: inbox\ndata: " + n.tells(fresh) + "\n\n")
}

// tells says how much is new, "" for nothing any more.
func (n *stream) tells(tasks int) string {
	switch tasks {
	case 0:
		return ""
	case 1:
		return n.page.T("console.inbox.fresh_one")
	}
	return n.page.T("console.inbox.fresh", "n", strconv.Itoa(tasks))
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
