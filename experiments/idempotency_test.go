package experiments

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/internal/sandbox"
)

func TestFiftyRepeatsOfEachRequestHaveOneEffect(t *testing.T) {
	r := begin(t, Trial{
		Name:   "idempotency",
		Title:  Words{"重复请求", "Repeats"},
		Broken: Words{"每个请求以同一幂等键同时重复五十次，打到任意一个进程", "each request is repeated fifty times at once under one idempotency key, at any of the processes"},
		Holds:  Words{"每个请求只生效一次，每次重复得到逐字节相同的应答，短信不会多发", "each request has one effect, every repeat gets the same answer byte for byte, and no text message goes out twice"},
	})
	requests, codes, repeats := r.size(24, 1000), r.size(4, 20), r.size(25, 50)
	var answers, later atomic.Int64
	eachRace(r, func(r *run, url string, nodes int) {
		x := openRepeats(r, url, nodes, requests)
		filed := x.file(repeats)
		x.challenge(filed[:codes], repeats)
		x.reused(filed)
		x.sent()
		x.close()
		x.inside(x.judge)
		x.once(codes)
		answers.Add(x.answers.Load())
		later.Add(x.later.Load())
	})
	r.count(2*requests, "提交的申请（两种数据库合计）", "requests filed, on both databases together")
	r.count(repeats, "每个键的同时重复次数", "repeats of each key at once")
	r.count(int(answers.Load()), "逐字节相同的应答", "answers that are equal byte for byte")
	r.count(int(later.Load()), "请稍后再来的应答", "times that a repeat was asked to come again, because the first was on its way")
	r.count(0, "第二次生效或重复发送", "second effects, and messages sent twice")
}

// A repeats is a database with customers, one for each key, and a gateway that takes SMS.
type repeats struct {
	*raceHouse
	box     *sandbox.Mailbox
	records []customer.ID
	answers atomic.Int64
	later   atomic.Int64
}

func openRepeats(r *run, url string, nodes, n int) *repeats {
	x := &repeats{raceHouse: openRace(r, url)}
	var err error
	x.box, err = sandbox.OpenMailbox()
	r.must(err)
	r.Cleanup(func() { r.must(x.box.Close()) })
	for name, value := range map[string]string{
		"AMEND_SMS_URL": x.box.GatewayURL, "AMEND_SMS_TOKEN": sandbox.GatewayToken, "AMEND_ALLOW": "127.0.0.0/8", "AMEND_HOTLINE": "95000",
	} {
		r.Setenv(name, value)
	}
	x.inside(func(l *lifeline) {
		x.records = x.people(l, n)
		x.hire(l, "ada", access.Agent)
	})
	x.serve(nodes)
	return x
}

// A repeated is one key with what it asks and what everybody was answered.
type repeated struct {
	key, path, body string
	first           raceAnswer
}

// repeatWave is how many keys are repeated at the same time.
const repeatWave = 20

// ask sends every request n times at once and demands one answer for each key.
func (x *repeats) ask(all []*repeated, n int) {
	x.Helper()
	for wave := range slices.Chunk(all, repeatWave) {
		answers := make([][]raceAnswer, len(wave))
		var running sync.WaitGroup
		for i, one := range wave {
			answers[i] = make([]raceAnswer, n)
			for j := range n {
				running.Go(func() { answers[i][j] = x.insist(one, rand.Int()) })
			}
		}
		running.Wait()
		for i, one := range wave {
			one.first = answers[i][0]
			for _, a := range answers[i] {
				if a.status != http.StatusCreated || a.status != one.first.status || !bytes.Equal(a.body, one.first.body) {
					x.Errorf("key %s was answered %d %s, and %d %s", one.key, one.first.status, one.first.body, a.status, a.body)
				}
			}
			x.answers.Add(int64(n))
		}
	}
}

// insist asks until it is not told to come again: because the first of a key's requests is
// on its way, or because it met too many others.
func (x *repeats) insist(one *repeated, node int) raceAnswer {
	for {
		a, err := x.call(node, "ada", http.MethodPost, one.path, one.body, "Idempotency-Key", one.key)
		if err != nil {
			x.Errorf("key %s was never answered: %v", one.key, err)
			return a
		}
		if a.status != http.StatusConflict || a.code() != "repeat_running" && a.code() != "stale" {
			return a
		}
		x.later.Add(1)
		<-time.After(repeatPause)
	}
}

// repeatPause is how soon an impatient client comes again; it is told to wait a second.
const repeatPause = 20 * time.Millisecond

// file files another phone for every customer, so that each request also has messages.
func (x *repeats) file(n int) []*repeated {
	x.Helper()
	all := make([]*repeated, len(x.records))
	for i, id := range x.records {
		body := fmt.Sprintf(`{"record_id":%q,"channel":"hotline","reason":"new phone","items":[{"field":"phone","value":"139%08d"}]}`, id, i)
		all[i] = &repeated{key: "file " + strconv.Itoa(i), path: "/changes", body: body}
	}
	x.ask(all, n)
	return all
}

// challenge asks for a code to the new phone of some requests.
func (x *repeats) challenge(filed []*repeated, n int) {
	x.Helper()
	var all []*repeated
	for i, one := range filed {
		all = append(all, &repeated{key: "code " + strconv.Itoa(i), path: "/changes/" + filedID(x.run, one.first) + "/challenges", body: `{"method":"sms_code","to":"phone","new":true}`})
	}
	x.ask(all, n)
}

// reused: a key that comes with something else is refused, by every process.
func (x *repeats) reused(filed []*repeated) {
	x.Helper()
	for i, one := range filed {
		other := &repeated{key: one.key, path: one.path, body: one.body + " "}
		if a := x.insist(other, i); a.status != http.StatusUnprocessableEntity || a.code() != "idempotency_reused" {
			x.Errorf("key %s with another body was answered %d %s", one.key, a.status, a.body)
		}
	}
}

// sent waits until the processes have sent whatever was due to be told.
func (x *repeats) sent() {
	x.Helper()
	x.inside(func(l *lifeline) {
		for {
			due, err := l.store.View(x.Context()).DueNotices(l.store.Now(), 1)
			x.must(err)
			if len(due) == 0 {
				return
			}
			<-time.After(repeatPause)
		}
	})
}

// judge: every customer has the one request.
func (x *repeats) judge(l *lifeline) {
	x.Helper()
	for _, id := range x.records {
		made, err := l.store.View(x.Context()).Changes(id)
		x.must(err)
		if len(made) != 1 {
			x.Errorf("customer %s has %d requests, want the one", id, len(made))
		}
	}
	x.holds(l)
}

// once: no number got the same message twice, and every one that was challenged got one code.
func (x *repeats) once(codes int) {
	x.Helper()
	sent, coded := map[string]int{}, 0
	for _, m := range x.box.All() {
		sent[m.To+m.Text]++
		if lifeLink.MatchString(m.Text) {
			coded++
		}
	}
	for _, times := range sent {
		if times > 1 {
			x.Errorf("one message was sent %d times", times)
		}
	}
	if coded != codes || len(sent) < len(x.records) {
		x.Errorf("%d messages, %d of them with a code, want %d", len(sent), coded, codes)
	}
}
