package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amend/internal/store"
)

// noon is when every test happens.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// A rig is a server with a log that can be read.
type rig struct {
	t      *testing.T
	log    bytes.Buffer
	health store.Health
	sick   error
	server *Server
}

func newRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t}
	c := Config{
		Health: func(context.Context) (store.Health, error) { return r.health, r.sick },
		Keys:   func(context.Context) error { return nil }, Room: func(context.Context) error { return nil },
		Now: func() time.Time { return noon }, Rand: strings.NewReader(strings.Repeat("0123456789abcdef", 1000)),
		Log: slog.New(slog.NewTextHandler(&r.log, nil)),
	}
	if change != nil {
		change(&c)
	}
	r.server = New(c)
	return r
}

func (r *rig) get(path string, header ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	return r.do(httptest.NewRequest(http.MethodGet, path, nil), header...)
}

func (r *rig) do(q *http.Request, header ...string) *httptest.ResponseRecorder {
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.server.ServeHTTP(w, q)
	return w
}

// api mounts one route.
func api(pattern string, h http.HandlerFunc) func(*Config) {
	mux := http.NewServeMux()
	mux.HandleFunc(pattern, h)
	return func(c *Config) { c.API = mux }
}

func TestEveryAnswerIsProtected(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Sealed = true
		c.API = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") })
	})
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/nothing", "/api/x"} {
		h := r.get(path).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=63072000", "Cache-Control": "no-store",
		} {
			if !strings.HasPrefix(h.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if h.Get("X-Request-Id") == "" {
			t.Errorf("%s has no request id", path)
		}
	}
}

func TestPlainServerDoesNotInsistOnTLS(t *testing.T) {
	if h := newRig(t, nil).get("/healthz").Header().Get("Strict-Transport-Security"); h != "" {
		t.Fatal(h)
	}
}

func TestProcessIsAliveEvenWhileItIsNotReady(t *testing.T) {
	r := newRig(t, nil)
	r.sick = errors.New("no database")
	if w := r.get("/healthz"); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	if w := r.get("/readyz"); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "no database") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func TestReadyNamesThePartThatStandsInTheWay(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		status     int
		change     func(*rig)
		config     func(*Config)
	}{
		{"all is well", `{"database":"ok","keys":"ok","log":"ok"}`, 200, func(*rig) {}, nil},
		{"the sequencer stands still", `{"database":"ok","keys":"ok","log":"late"}`, 503, func(r *rig) { r.health.OldestUnsequenced = noon.Add(-2 * time.Minute) }, nil},
		{"the sequencer is at work", `{"database":"ok","keys":"ok","log":"ok"}`, 200, func(r *rig) { r.health.OldestUnsequenced = noon.Add(-time.Second) }, nil},
		{"the database is away", `{"database":"unavailable","keys":"ok","log":"unknown"}`, 503, func(r *rig) { r.sick = errors.New("x") }, nil},
		{"its disk is full", `{"database":"full","keys":"ok","log":"ok"}`, 503, func(*rig) {}, func(c *Config) {
			c.Room = func(context.Context) error { return errors.New("x") }
		}},
		{"the key does not open", `{"database":"ok","keys":"unavailable","log":"ok"}`, 503, func(*rig) {}, func(c *Config) {
			c.Keys = func(context.Context) error { return errors.New("x") }
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.config)
			tt.change(r)
			w := r.get("/readyz")
			if got := strings.TrimSpace(w.Body.String()); w.Code != tt.status || got != tt.want {
				t.Fatalf("%d %s", w.Code, got)
			}
		})
	}
}

func TestPanicIsAProblemThatSaysNothingOfIt(t *testing.T) {
	r := newRig(t, api("GET /api/x", func(http.ResponseWriter, *http.Request) { panic("13800138000") }))
	w := r.get("/api/x", "Accept-Language", "zh")
	var p struct{ Code, Title, Request string }
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusInternalServerError || p.Code != "internal" || p.Request == "" || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %+v", w.Code, p)
	}
	if all := w.Body.String() + r.log.String(); strings.Contains(all, "13800138000") || !strings.Contains(r.log.String(), "panic") {
		t.Fatal(all)
	}
}

// The log and the metrics know the route and nothing of the path: a path holds ids.
func TestPathAndQueryAreInNoLogAndNoMetric(t *testing.T) {
	r := newRig(t, api("GET /api/v1/customers/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	r.get("/api/v1/customers/secret-id?q=secret-name")
	r.get("/secret-page?q=secret")
	r.do(httptest.NewRequest("SECRET", "/healthz", nil))
	metrics := r.get("/metrics").Body.String()
	if all := r.log.String() + metrics; strings.Contains(strings.ToLower(all), "secret") {
		t.Fatal(all)
	}
	if !strings.Contains(metrics, `route="GET /api/v1/customers/{id}",status="418"`) || !strings.Contains(r.log.String(), `route="GET /api/v1/customers/{id}"`) {
		t.Fatalf("%s\n%s", metrics, r.log.String())
	}
}

func TestMetricsShowWorkAndQueues(t *testing.T) {
	r := newRig(t, nil)
	r.health = store.Health{LogSize: 7, DueNotices: 2, OldestNotice: noon.Add(-time.Minute), Quarantined: 1}
	r.server.Worked("notice", 3, nil)
	r.server.Worked("log", 0, errors.New("x"))
	got := r.get("/metrics").Body.String()
	for _, want := range []string{
		`amend_work_rows_total{kind="notice"} 3`, `amend_work_failures_total{kind="log"} 1`, `amend_queue_due{queue="notice"} 2`,
		`amend_queue_oldest_seconds{queue="notice"} 60`, `amend_log_size 7`, `amend_needs_a_person{what="request"} 1`, `amend_database_up 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	r.sick = errors.New("secret host")
	if got := r.get("/metrics").Body.String(); !strings.Contains(got, "amend_database_up 0") || strings.Contains(got, "secret") {
		t.Error("a lost database is not told, or too much of it")
	}
}

// deadlines is an answer that remembers how often its deadlines were moved.
type deadlines struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error  { d.read = append(d.read, t); return nil }
func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = append(d.write, t); return nil }

func TestSteadyBodyMayTakeItsTimeAndATrickleMayNot(t *testing.T) {
	r := newRig(t, api("POST /api/x", func(_ http.ResponseWriter, q *http.Request) { _, _ = io.Copy(io.Discard, q.Body) }))
	for size, moved := range map[int]bool{steadyShare - 1: false, 3 * steadyShare: true} {
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		r.server.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/x", strings.NewReader(strings.Repeat("x", size))))
		if (len(w.read) > 0) != moved || (moved && (!w.read[0].Equal(noon.Add(readTimeout)) || !w.write[0].Equal(noon.Add(writeTimeout)))) {
			t.Errorf("%d bytes: %v %v", size, w.read, w.write)
		}
	}
}

func TestUnknownAddressIsAProblemInTheReadersLanguage(t *testing.T) {
	r := newRig(t, nil)
	zh, en := r.get("/nothing", "Accept-Language", "zh-CN"), r.get("/nothing")
	if zh.Code != http.StatusNotFound || zh.Header().Get("Content-Language") != "zh-CN" || en.Header().Get("Content-Language") != "en" {
		t.Fatalf("%d %s %s", zh.Code, zh.Header().Get("Content-Language"), en.Header().Get("Content-Language"))
	}
}

// listen serves on a real port until stop is called.
func (r *rig) listen(ctx context.Context) (addr string, ended chan error) {
	r.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	ended = make(chan error, 1)
	go func() { ended <- r.server.Serve(ctx, l) }()
	return l.Addr().String(), ended
}

func TestRunningRequestIsFinishedBeforeTheServerStops(t *testing.T) {
	inside, leave := make(chan bool), make(chan bool)
	r := newRig(t, api("GET /api/slow", func(w http.ResponseWriter, _ *http.Request) {
		inside <- true
		<-leave
		_, _ = io.WriteString(w, "whole")
	}))
	ctx, stop := context.WithCancel(t.Context())
	addr, ended := r.listen(ctx)
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + addr + "/api/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		answer <- string(body)
	}()
	<-inside
	stop()
	leave <- true
	if got := <-answer; got != "whole" {
		t.Fatal(got)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestHeaderBeyondSixteenKiBIsRefused(t *testing.T) {
	r := newRig(t, nil)
	addr, _ := r.listen(t.Context())
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Long", strings.Repeat("x", 32<<10))
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Fatal(res.Status)
	}
}
