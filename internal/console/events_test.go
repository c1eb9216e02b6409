package console_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"amend/change"
)

// listen opens the news at the address that a page names, and hands out its lines; it is
// closed when the server ends it.
func (b *browser) listen(server *httptest.Server, address string) (<-chan string, *http.Response) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), "GET", server.URL+address, nil)
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

// news is the address that the inbox names for its news.
func (b *browser) news() string {
	b.t.Helper()
	found := regexp.MustCompile(`data-events="([^"]+)"`).FindStringSubmatch(b.get("/inbox").is(http.StatusOK).Body)
	if found == nil {
		b.t.Fatal("the inbox names no news")
	}
	return found[1]
}

func TestNewsSayHowMuchBeganToWaitAndEndWithTheSession(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.site)
	t.Cleanup(server.Close)
	bob := w.in("bob")
	lines, answer := bob.listen(server, bob.news())
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	if got := <-lines; got != "retry: 5000" {
		t.Fatalf("begins with %q", got)
	}

	fang := w.fang()
	var filed []change.ID
	for _, step := range []struct {
		act  func()
		says string
	}{
		{func() { filed = append(filed, w.file("ada", fang, "name_spelling", "Wang Xiaofang")) }, "data: 1 new task. Show it"},
		{func() { filed = append(filed, w.file("ada", fang, "preferred_name", "Fang")) }, "data: 2 new tasks. Show them"},
		{func() { w.ok(w.Desk.Withdraw(t.Context(), w.staff["ada"], filed[1])) }, "data: 1 new task. Show it"},
		{func() { w.ok(w.Desk.Withdraw(t.Context(), w.staff["ada"], filed[0])) }, "data: "},
	} {
		step.act()
		if event, data := <-lines, <-lines; event != "event: inbox" || data != step.says {
			t.Errorf("said %q %q, want %q", event, data, step.says)
		}
	}

	bob.post("/sign-out").is(http.StatusSeeOther)
	for line := range lines {
		if !strings.HasPrefix(line, ":") {
			t.Errorf("said %q after the session", line)
		}
	}
}

func TestNewsBeginWhereTheListWasRead(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.site)
	t.Cleanup(server.Close)
	bob, fang := w.in("bob"), w.fang()
	w.file("ada", fang, "name_spelling", "Wang Xiaofang")
	address := bob.news()

	w.file("ada", fang, "preferred_name", "Fang") // before the window hears anything
	for range 2 {                                 // nor is it lost when the window connects again
		lines, answer := bob.listen(server, address)
		<-lines
		if event, data := <-lines, <-lines; event != "event: inbox" || data != "data: 1 new task. Show it" {
			t.Errorf("said %q %q", event, data)
		}
		answer.Body.Close()
	}
}

func TestNewsAreForTheTwoNewestWindowsOfASession(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.site)
	t.Cleanup(server.Close)
	bob := w.in("bob")
	var windows []<-chan string
	for range 3 {
		lines, _ := bob.listen(server, bob.news())
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
