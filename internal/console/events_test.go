package console_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// listen opens the news of the inbox and hands out its lines; it is closed when the server ends it.
func (b *browser) listen(server *httptest.Server) (<-chan string, *http.Response) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), "GET", server.URL+"/console/events", nil)
	b.ok(err)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := server.Client().Do(r)
	b.ok(err)
	b.t.Cleanup(func() { answer.Body.Close() })
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(answer.Body); in.Scan(); {
			if in.Text() != "" {
				lines <- in.Text()
			}
		}
	}()
	return lines, answer
}

func TestNewsSayHowMuchBeganToWaitAndEndWithTheSession(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.site)
	t.Cleanup(server.Close)
	bob := w.in("bob")
	lines, answer := bob.listen(server)
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	if got := <-lines; got != "retry: 5000" {
		t.Fatalf("begins with %q", got)
	}

	w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	if event, data := <-lines, <-lines; event != "event: inbox" || data != "data: 1" {
		t.Errorf("said %q %q", event, data)
	}

	bob.post("/sign-out").is(http.StatusSeeOther)
	for line := range lines {
		if !strings.HasPrefix(line, ":") {
			t.Errorf("said %q after the session", line)
		}
	}
}

func TestNewsAreForTheTwoNewestWindowsOfASession(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.site)
	t.Cleanup(server.Close)
	bob := w.in("bob")
	var windows []<-chan string
	for range 3 {
		lines, _ := bob.listen(server)
		<-lines
		windows = append(windows, lines)
	}

	if got := <-windows[0]; got != "retry: 60000" {
		t.Errorf("the oldest hears %q", got)
	}
	if _, open := <-windows[0]; open {
		t.Error("the oldest stays")
	}
	w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	for _, lines := range windows[1:] {
		if got := <-lines; got != "event: inbox" {
			t.Errorf("a newer one hears %q", got)
		}
	}
}

func TestNewsAreForWhoMayReadRequests(t *testing.T) {
	w := newWorld(t)

	w.in("otto").get("/events").is(http.StatusForbidden)
	if a := w.nobody().get("/events"); a.Status != http.StatusSeeOther {
		t.Errorf("nobody hears %d", a.Status)
	}
}
