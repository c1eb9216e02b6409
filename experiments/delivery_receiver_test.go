package experiments

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"amend/internal/sandbox"
)

// A shakyReceiver stands in front of a system that follows over webhooks. It fails, comes
// late, says things twice and repeats old ones, and notes the order in which Amend itself
// sends.
type shakyReceiver struct {
	*sandbox.Receiver
	front *httptest.Server
	hands *http.Client

	mu      sync.Mutex
	chance  *rand.Rand
	failing int // in a hundred calls; 0: it is a good system
	refused map[string]bool
	newest  map[string]int64 // the sequence number that Amend last sent of a record
	taken   map[string]int   // how often the system was given an event by Amend, by its key
	old     []shakyEvent     // to be repeated later
	tally   shakyTally
}

// A shakyTally counts what was done to the calls.
type shakyTally struct{ calls, failed, lost, late, twice, backwards int }

// A shakyEvent is one event as it came.
type shakyEvent struct {
	header http.Header
	body   []byte
}

func openShaky(t testing.TB, name string, failing int) *shakyReceiver {
	t.Helper()
	secret := make([]byte, 32)
	copy(secret, name)
	system, err := sandbox.OpenReceiver(secret)
	if err != nil {
		t.Fatal(err)
	}
	s := &shakyReceiver{
		Receiver: system, hands: &http.Client{Transport: &http.Transport{}}, failing: failing, chance: rand.New(rand.NewPCG(*seed, 3)),
		refused: map[string]bool{}, newest: map[string]int64{}, taken: map[string]int{},
	}
	s.front = httptest.NewServer(s)
	t.Cleanup(func() {
		s.front.Close()
		s.hands.CloseIdleConnections()
		if err := system.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// shakyFate is what becomes of one call.
type shakyFate int

const (
	shakyGood    shakyFate = iota
	shakyBusy              // 500: not now
	shakyAway              // 503: the whole system
	shakyHangUp            // no answer, and nothing was taken
	shakyLost              // taken, and the answer is lost
	shakyRefused           // 422: for good
)

// ServeHTTP is one call by Amend.
func (s *shakyReceiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	event := shakyEvent{r.Header.Clone(), body}
	fate, late, again := s.draw(event)
	if late > 0 {
		<-time.After(late)
	}
	switch fate {
	case shakyBusy:
		w.WriteHeader(http.StatusInternalServerError)
	case shakyAway:
		w.WriteHeader(http.StatusServiceUnavailable)
	case shakyRefused:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case shakyHangUp:
		panic(http.ErrAbortHandler)
	default:
		status, reply := s.give(event)
		for _, old := range again {
			s.give(old)
		}
		if fate == shakyLost {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		_, _ = w.Write(reply)
	}
}

// draw decides what becomes of a call, and notes it. Three in ten fail, one in ten is heard
// twice, at once or when newer ones have come, and one in twenty is answered late.
func (s *shakyReceiver) draw(event shakyEvent) (fate shakyFate, late time.Duration, again []shakyEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tally.calls++
	record, seq := event.read()
	if seq < s.newest[record] {
		s.tally.backwards++
	}
	s.newest[record] = max(s.newest[record], seq)
	if s.refused[record] {
		return shakyRefused, 0, nil
	}
	if s.failing == 0 {
		s.taken[event.header.Get("webhook-id")]++
		return shakyGood, 0, nil
	}
	if s.chance.IntN(20) == 0 {
		s.tally.late++
		late = time.Duration(1+s.chance.IntN(3)) * time.Millisecond
	}
	if s.chance.IntN(100) < s.failing {
		s.tally.failed++
		fate = shakyBusy + shakyFate(s.chance.IntN(4))
	}
	if fate != shakyGood && fate != shakyLost {
		return fate, late, nil
	}
	if fate == shakyLost {
		s.tally.lost++
	}
	s.taken[event.header.Get("webhook-id")]++
	if s.chance.IntN(10) == 0 {
		s.tally.twice++
		again = s.echo(event)
	}
	return fate, late, again
}

// echo answers what the system hears besides: the same once more, or an old event.
func (s *shakyReceiver) echo(event shakyEvent) []shakyEvent {
	if len(s.old) < 8 {
		s.old = append(s.old, event)
		return []shakyEvent{event}
	}
	i := s.chance.IntN(len(s.old))
	before := s.old[i]
	s.old[i] = event
	return []shakyEvent{before}
}

// read answers whose state an event carries, and its sequence number.
func (e shakyEvent) read() (record string, seq int64) {
	var event struct {
		Data struct {
			Record string
			Seq    int64
		}
	}
	if json.Unmarshal(e.body, &event) != nil {
		return "", 0
	}
	return event.Data.Record, event.Data.Seq
}

// give hands an event to the system.
func (s *shakyReceiver) give(e shakyEvent) (int, []byte) {
	q, err := http.NewRequest(http.MethodPost, s.URL, bytes.NewReader(e.body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	for _, name := range []string{"Content-Type", "webhook-id", "webhook-timestamp", "webhook-signature"} {
		q.Header.Set(name, e.header.Get(name))
	}
	res, err := s.hands.Do(q)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer res.Body.Close()
	reply, err := io.ReadAll(res.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return res.StatusCode, reply
}

// counts answers what was done to the calls so far, and how many events the system took
// and how often it took one again.
func (s *shakyReceiver) counts() (t shakyTally, events, repeats int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, times := range s.taken {
		events++
		repeats += times - 1
	}
	return s.tally, events, repeats
}
