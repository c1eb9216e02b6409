package experiments

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
)

func TestServerKilledInABurstMakesNoSecondEffect(t *testing.T) {
	r := begin(t, Trial{
		Name:   "idempotency-kill",
		Title:  Words{"应答途中被强杀", "Killed before the answer"},
		Broken: Words{"在一阵请求的任意时刻以 SIGKILL 终止服务进程，客户端随后以同一键重试", "a server is ended by SIGKILL at random moments of a burst, and clients try again under the same keys"},
		Holds:  Words{"每个键只生效一次；已听到的应答再次重复仍逐字节相同", "each key has one effect; an answer that was heard is repeated byte for byte"},
	})
	kills, burst := r.size(3, 40), 12
	asked, unheard := 0, 0
	eachRace(r, func(r *run, url string, nodes int) {
		k := openKilled(r, url, nodes, kills*burst)
		for i := range kills {
			k.burst(k.keys[i*burst:(i+1)*burst], i%nodes)
		}
		unheard += k.again()
		k.close()
		k.inside(k.judge)
		asked += len(k.keys)
	})
	r.count(2*kills, "SIGKILL 次数", "SIGKILLs")
	r.count(asked, "请求", "requests")
	r.count(unheard, "没有听到应答而重试的请求", "requests tried again because no answer was heard")
	r.count(0, "第二次生效", "second effects")
}

// A killed is a house whose processes die while they are asked.
type killed struct {
	*raceHouse
	keys []*killedKey
}

// A killedKey is one request with what its client has heard.
type killedKey struct {
	name, record, body string
	heard              raceAnswer
}

func openKilled(r *run, url string, nodes, n int) *killed {
	k := &killed{raceHouse: openRace(r, url)}
	k.inside(func(l *lifeline) {
		for i, id := range k.people(l, n) {
			body := fmt.Sprintf(`{"record_id":%q,"channel":"hotline","reason":"a wish","items":[{"field":"interests","value":["tea"]}]}`, id)
			k.keys = append(k.keys, &killedKey{name: "key " + strconv.Itoa(i), record: string(id), body: body})
		}
		k.hire(l, "ada", access.Agent)
	})
	k.serve(nodes)
	return k
}

// burst asks for many things at once and kills one process after some of the answers.
func (k *killed) burst(keys []*killedKey, victim int) {
	k.Helper()
	answered := make(chan struct{}, len(keys))
	var running sync.WaitGroup
	for i, key := range keys {
		running.Go(func() {
			a, err := k.call(victim+i%2, "ada", http.MethodPost, "/changes", key.body, "Idempotency-Key", key.name)
			if err == nil && a.status == http.StatusCreated {
				key.heard = a
			}
			answered <- struct{}{}
		})
	}
	for range rand.IntN(len(keys)) {
		<-answered
	}
	k.nodes[victim].kill()
	running.Wait()
	k.nodes[victim].start()
}

// again repeats every request until it is answered, and answers how many had heard nothing.
// An act whose answer was lost is told again after ten seconds, for which the short run
// does not wait: that it has its one effect is judged all the same.
func (k *killed) again() (unheard int) {
	k.Helper()
	for i, key := range k.keys {
		if key.heard.body == nil {
			unheard++
		}
		k.repeat(i, key)
	}
	return unheard
}

func (k *killed) repeat(node int, key *killedKey) {
	k.Helper()
	for {
		a, err := k.call(node, "ada", http.MethodPost, "/changes", key.body, "Idempotency-Key", key.name)
		switch {
		case err != nil:
			k.Fatal(err)
		case a.status == http.StatusConflict && a.code() == "repeat_running" && key.heard.body == nil:
			if !*full {
				return
			}
			<-time.After(repeatPause)
			continue
		case a.status != http.StatusCreated:
			k.Errorf("%s was answered %d %s", key.name, a.status, a.body)
		case key.heard.body != nil && !bytes.Equal(a.body, key.heard.body):
			k.Errorf("%s was answered %s, and then %s", key.name, key.heard.body, a.body)
		}
		return
	}
}

// judge: each customer has the one request that was asked for.
func (k *killed) judge(l *lifeline) {
	k.Helper()
	for _, key := range k.keys {
		made, err := l.store.View(k.Context()).Changes(customer.ID(key.record))
		k.must(err)
		if len(made) != 1 {
			k.Errorf("%s has %d effects", key.name, len(made))
		}
	}
	k.holds(l)
}

// filedID is the id of the request that a filing made.
func filedID(r *run, a raceAnswer) string {
	r.Helper()
	var filed struct{ Changes []struct{ ID string } }
	if err := json.Unmarshal(a.body, &filed); err != nil || len(filed.Changes) != 1 {
		r.Fatalf("filed %d %s", a.status, a.body)
	}
	return filed.Changes[0].ID
}
