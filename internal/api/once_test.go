package api_test

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/internal/api"
	"amend/internal/store"
)

func TestSameKeyAndSameRequestGetTheSameBytes(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		body := `{"record_id":"` + record + `","channel":"hotline","reason":"a wish","items":[{"field":"interests","value":["tea"]}]}`
		key := header("Idempotency-Key", "order 7")
		first := w.post(access.Agent, "/changes", body, key).is(201)
		again := w.post(access.Agent, "/changes", body, key).is(201)
		if !bytes.Equal(first.Raw, again.Raw) || again.Header.Get("Content-Type") != first.Header.Get("Content-Type") {
			t.Errorf("first %s\nagain %s", first.Raw, again.Raw)
		}
		if got := w.get(access.Agent, "/changes?record="+record).is(200).length("items"); got != 2 {
			t.Errorf("%d requests, want the first and one more", got)
		}

		w.post(access.Agent, "/changes", body+" ", key).fails(422, "idempotency_reused")
		w.post(access.Agent, "/customers", body, key).is(400)
		other := w.post(access.Steward, "/changes", body, key).is(201) // the key is its actor's own
		if bytes.Equal(first.Raw, other.Raw) {
			t.Error("another actor hears the first one's answer")
		}
		w.post(access.Agent, "/changes", body, header("Idempotency-Key", strings.Repeat("k", 256))).fails(400, "bad_idempotency_key")
		w.post(access.Agent, "/changes", body, header("Idempotency-Key", strings.Repeat("k", 255))).is(201)
	})
}

func TestFaultIsRepeatedToo(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	key := header("Idempotency-Key", "k")
	bad := `{"record_id":"` + record + `","channel":"hotline","reason":"x","items":[{"field":"phone","value":"12"}]}`
	first := w.post(access.Agent, "/changes", bad, key).is(422)
	again := w.post(access.Agent, "/changes", bad, key).is(422)
	if !bytes.Equal(first.Raw, again.Raw) || again.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("first %s\nagain %s", first.Raw, again.Raw)
	}
}

func TestManyRepeatsAtOnceHaveOneEffect(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		body := `{"record_id":"` + record + `","channel":"hotline","reason":"a wish","items":[{"field":"interests","value":["tea"]}]}`
		answers := make([]answer, 40)
		var wait sync.WaitGroup
		for i := range answers {
			wait.Go(func() {
				for {
					answers[i] = w.post(access.Agent, "/changes", body, header("Idempotency-Key", "storm"))
					if answers[i].Status != 409 || answers[i].text("code") != "repeat_running" {
						return
					}
					if answers[i].Header.Get("Retry-After") == "" {
						t.Error("told to come again, not when")
					}
				}
			})
		}
		wait.Wait()
		for _, a := range answers {
			if a.Status != 201 || !bytes.Equal(a.Raw, answers[0].Raw) {
				t.Fatalf("%d %s\nfirst %s", a.Status, a.Raw, answers[0].Raw)
			}
		}
		if got := w.get(access.Agent, "/changes?record="+record).is(200).length("items"); got != 2 {
			t.Errorf("%d requests, want the first and one more", got)
		}
	})
}

// Two doors on one desk are two nodes, as far as either knows. A repeat may read what the
// first one left, and be refused for it, before it finds that it is a repeat.
func TestRepeatThatAnotherNodeOvertookHearsItsAnswer(t *testing.T) {
	eachWorld(t, func(w *world) {
		other := *w
		other.door = api.New(api.Config{Desk: w.Desk, Reader: store.NewReader(w.Store, w.House.Calendar), Clock: w.Clock.Now})
		record, _ := w.customer("王小芳", "13800138000")
		filed := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"new phone","items":[{"field":"phone","value":"13900139000"}]}`).is(201)
		path := "/changes/" + filed.text("changes", 0, "id") + "/challenges"
		for round := range 8 {
			w.Clock.Add(time.Hour) // behind the wait between two codes
			w.limits()
			key := header("Idempotency-Key", "round "+strconv.Itoa(round))
			answers := make([]answer, 8)
			var wait sync.WaitGroup
			for i := range answers {
				wait.Go(func() {
					for door := []*world{w, &other}[i%2]; ; {
						answers[i] = door.post(access.Agent, path, `{"method":"sms_code","to":"phone","new":true}`, key)
						if answers[i].Status != 409 {
							return
						}
					}
				})
			}
			wait.Wait()
			for _, a := range answers {
				if a.Status != 201 || !bytes.Equal(a.Raw, answers[0].Raw) {
					w.t.Fatalf("round %d: %d %s\nand %d %s", round, answers[0].Status, answers[0].Raw, a.Status, a.Raw)
				}
			}
		}
	})
}

// limits forgets how many codes were sent.
func (w *world) limits() { w.alter(`DELETE FROM guard`) }

// lose forgets the answers that were kept, as a crash between an act and its answer does.
func (w *world) lose() {
	w.must(w.Store.Write(w.t.Context(), "", func(tx *store.Tx) error {
		tx.Exec(`UPDATE idempotency SET status = 0, answer = NULL`)
		return nil
	}))
}

func TestLostAnswerIsMadeAgainFromWhatTheActLeft(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		body := `{"record_id":"` + record + `","channel":"hotline","reason":"a wish","items":[{"field":"interests","value":["tea"]}]}`
		first := w.post(access.Agent, "/changes", body, header("Idempotency-Key", "a")).is(201)
		id := first.text("changes", 0, "id")
		w.lose()
		w.post(access.Agent, "/changes", body, header("Idempotency-Key", "a")).fails(409, "repeat_running")
		w.Clock.Add(time.Minute)
		again := w.post(access.Agent, "/changes", body, header("Idempotency-Key", "a")).is(201)
		if again.text("changes", 0, "id") != id || again.text("submission") != first.text("submission") {
			t.Errorf("first %s\nagain %s", first.Raw, again.Raw)
		}

		act := func() answer {
			return w.post(access.Agent, "/changes/"+id+"/withdraw", "", header("Idempotency-Key", "b"))
		}
		act().is(200)
		w.lose()
		w.Clock.Add(time.Minute)
		if got := act().is(200); got.text("state") != "withdrawn" {
			t.Errorf("withdrawn again: %s", got.Raw)
		}

		waiting := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"new phone","items":[{"field":"phone","value":"13900139000"}]}`).is(201)
		send := func() answer {
			return w.post(access.Agent, "/changes/"+waiting.text("changes", 0, "id")+"/challenges", `{"method":"sms_code","to":"phone","new":true}`, header("Idempotency-Key", "c"))
		}
		send().is(201)
		w.lose()
		w.Clock.Add(time.Minute)
		send().fails(409, "repeat_answer_lost")
	})
}

func TestRevealIsNeverRepeatedFromAStore(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		before := w.entries()
		for range 2 {
			w.post(access.Agent, "/customers/"+record+"/reveal", `{"fields":["phone"],"purpose":"`+purpose+`"}`, header("Idempotency-Key", "r")).is(200)
		}
		if after := w.entries(); after != before+2 {
			t.Errorf("%d entries for two reveals", after-before)
		}
	})
}
