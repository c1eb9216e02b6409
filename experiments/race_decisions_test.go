package experiments

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/store/storetest"
)

func TestTenThousandDecisionsAtOnceLeaveOneTerminalState(t *testing.T) {
	r := begin(t, Trial{
		Name:   "race-decisions",
		Title:  Words{"审批竞争", "Decisions at once"},
		Broken: Words{"一百人同时对同一份申请表示同意或不同意，经由同一 PostgreSQL 上的三个服务进程", "a hundred people approve and reject one request at the same moment, through three processes on one PostgreSQL"},
		Holds:  Words{"只有一个终局；计入的同意来自不同的人；其余每次调用都得到明确的 409", "one terminal state; the approvals that count are by different people; every other call gets a clean 409"},
	})
	people, calls := r.size(20, 100), r.size(300, 10_000)
	duels, duelists := r.size(4, 50), r.size(30, 200)
	h := openRace(r, storetest.Postgres(t))

	var ballots []*ballot
	h.inside(func(l *lifeline) {
		h.crowd(l, people)
		for i := range duels + 1 {
			ballots = append(ballots, h.ballot(l, i, people))
		}
	})
	h.serve(3)
	ballots[0].rush(calls, 10)
	for _, b := range ballots[1:] {
		b.rush(duelists, 2) // small crowds in which every second one says no
	}
	h.close()

	accepted, refused, ends := 0, 0, map[string]int{}
	h.inside(func(l *lifeline) {
		for _, b := range ballots {
			ends[b.judge(l)]++
			accepted += len(b.counted)
			refused += len(b.calls) - len(b.counted)
		}
		h.holds(l)
	})
	t.Logf("ends: %v", ends)
	r.count(calls, "对一份申请同时作出的决定", "decisions on one request at once")
	r.count(duels*duelists, "另外对其他申请同时作出的决定", "further decisions, on other requests")
	r.count(len(ballots), "申请", "requests")
	r.count(accepted, "计入的决定", "decisions that count")
	r.count(refused, "得到明确拒绝的调用", "calls that were cleanly refused")
	r.count(ends["wrong"], "结局不对的申请", "requests that ended wrongly")
}

// crowd hires the people of the race. The one who files and the one who saw the document
// may approve as well, and are refused because they had a hand in it.
func (h *raceHouse) crowd(l *lifeline, people int) {
	h.hire(l, "ada", access.Agent, access.Approver)
	h.hire(l, "sam", access.Agent, access.Approver)
	for i := range people {
		h.hire(l, raceName(i), access.Approver)
	}
}

func raceName(i int) string { return fmt.Sprintf("approver %d", i) }

// A ballot is one request with everything that was said about it.
type ballot struct {
	*raceHouse
	id      change.ID
	hash    string
	voters  []string
	calls   []ballotCall
	counted []ballotCall // those that were answered with a yes
}

// A ballotCall is one try of one person.
type ballotCall struct {
	who     string
	verdict change.Verdict
	answer  raceAnswer
	err     error
}

// ballot files a new customer and brings the request to where two people must agree.
func (h *raceHouse) ballot(l *lifeline, i, people int) *ballot {
	h.Helper()
	filed, err := l.desk.Propose(h.Context(), h.crew["ada"], desk.Proposal{
		RecordKind: customer.Person, Channel: "shop", Reason: "new customer", Items: []desk.Proposed{
			{Key: "legal_name", Value: json.RawMessage(`"王小芳"`)}, {Key: "phone", Value: json.RawMessage(`"` + racePhone(i) + `"`)},
		},
	})
	h.must(err)
	r := filed.Changes[0]
	sent, err := l.desk.Challenge(h.Context(), h.crew["ada"], r.ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true, From: raceName(i)})
	h.must(err)
	h.proven(l, r.ID, sent)
	h.must(l.desk.Attest(h.Context(), h.crew["sam"], r.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "ID card", Compared: "name"}))

	r, err = l.store.View(h.Context()).Change(r.ID)
	h.must(err)
	if state, _ := r.Next(l.store.Now()); state != change.Reviewing || len(r.Decisions) > 0 || quorumOf(r) != 2 {
		h.Fatalf("the request is %s and needs %d people", state, quorumOf(r))
	}
	b := &ballot{raceHouse: h, id: r.ID, hash: r.Hash(), voters: []string{"ada", "sam"}}
	for i := range people {
		b.voters = append(b.voters, raceName(i))
	}
	return b
}

// quorumOf counts the people whom a plan asks for.
func quorumOf(r change.Request) (n int) {
	for _, g := range r.Plan.Gates {
		if g.Kind == change.Approval {
			n += g.Level.Quorum
		}
	}
	return n
}

// rush lets n calls loose at once; one in no is a rejection.
func (b *ballot) rush(n, no int) {
	b.calls = make([]ballotCall, n)
	chance := rand.New(rand.NewPCG(*seed, uint64(n)))
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range b.calls {
		c := &b.calls[i]
		c.who, c.verdict = b.voters[chance.IntN(len(b.voters))], change.Approved
		if chance.IntN(no) == 0 {
			c.verdict = change.Rejected
		}
		running.Go(func() {
			<-start
			c.answer, c.err = b.say(i, *c)
		})
	}
	close(start)
	running.Wait()
}

func (b *ballot) say(node int, c ballotCall) (raceAnswer, error) {
	verb, body := "approve", `{"content_hash":"`+b.hash+`"}`
	if c.verdict == change.Rejected {
		verb, body = "reject", `{"content_hash":"`+b.hash+`","reason_code":"other"}`
	}
	return b.call(node, c.who, http.MethodPost, "/changes/"+string(b.id)+"/"+verb, body)
}

// judge compares what people were told with what is on record, and answers how it ended.
func (b *ballot) judge(l *lifeline) string {
	b.Helper()
	for _, c := range b.calls {
		b.clean(c)
	}
	r := b.wakes(l, b.id)
	told, stored := []string{}, []string{}
	for _, c := range b.counted {
		told = append(told, fmt.Sprint(b.crew[c.who].ID, c.verdict))
	}
	yes, no := map[string]bool{}, 0
	for _, d := range r.Decisions {
		stored = append(stored, fmt.Sprint(d.By.ID, d.Verdict))
		if d.Verdict == change.Approved {
			yes[d.By.ID] = true
		} else {
			no++
		}
	}
	slices.Sort(told)
	if kept := slices.Sorted(slices.Values(stored)); !slices.Equal(told, kept) {
		b.Errorf("request %s: people were told %v, on record is %v", b.id, told, kept)
	}
	b.logged(l, len(r.Decisions))
	switch {
	case len(r.Decisions) == 2 && len(yes) == 2 && no == 0 && !r.AppliedAt.IsZero():
		return "applied"
	case no == 1 && len(yes) == len(r.Decisions)-1 && len(yes) < 2 && r.End == change.Refused && r.AppliedAt.IsZero():
		return "rejected"
	}
	b.Errorf("request %s: %d approvals by different people, %d rejections, end %q, applied %v", b.id, len(yes), no, r.End, r.AppliedAt)
	return "wrong"
}

// clean sorts one answer: a yes, or a refusal that says what stands against it.
func (b *ballot) clean(c ballotCall) {
	b.Helper()
	own := c.who == "ada" || c.who == "sam"
	switch code := c.answer.code(); {
	case c.err != nil:
		b.Errorf("request %s: %s was never answered: %v", b.id, c.who, c.err)
	case c.answer.status == http.StatusOK && !own:
		b.counted = append(b.counted, c)
	case c.answer.status == http.StatusConflict && slices.Contains([]string{"already_decided", "no_open_request", "not_in_review", "stale"}, code):
	case c.answer.status == http.StatusForbidden && own && (code == "own_request" || code == "own_proof"):
	default:
		b.Errorf("request %s: %s was told %d %s", b.id, c.who, c.answer.status, c.answer.body)
	}
}

// logged: the log has exactly the decisions that count.
func (b *ballot) logged(l *lifeline, want int) {
	b.Helper()
	var n int
	const q = `SELECT count(*) FROM entry WHERE change_id = $1 AND verb IN ('approve', 'reject')`
	b.must(l.store.Row(b.Context(), q, b.id).Scan(&n))
	if n != want {
		b.Errorf("request %s: %d decisions in the log, %d on record", b.id, n, want)
	}
}
