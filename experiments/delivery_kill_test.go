package experiments

import (
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/internal/store"
)

// A killMoment is a place in the life of one delivery at which its worker is killed.
type killMoment int

const (
	killClaimed  killMoment = iota // the shard is claimed, the system is being called
	killHeard                      // the system has heard the call and not taken it
	killTaken                      // taken, and not answered
	killAnswered                   // answered, and perhaps not yet written down
	killMarked                     // written down
	killMoments
)

func TestWorkerKilledAtEachStepLosesNothing(t *testing.T) {
	r := begin(t, Trial{
		Name:   "delivery-kill",
		Title:  Words{"同步途中被强杀", "Killed while it delivers"},
		Broken: Words{"在领取、发送、收下、应答、记账之间以 SIGKILL 终止同步进程", "the worker is ended by SIGKILL between claim, send, take, answer and mark"},
		Holds:  Words{"一条不少；每次强杀最多使一个在途的状态重复一次；同一客户的序号不倒退", "nothing is lost; a kill repeats a state that was on its way at most once; no customer's sequence goes back"},
	})
	kills, batches, crowd := r.size(5, 200), r.size(1, 20), r.size(8, 40)
	states, repeats, inBatch := 0, 0, 0
	eachRace(r, func(r *run, url string, _ int) {
		k := openDeliveryKill(r, url, crowd)
		for i := range kills {
			k.kill(killMoment(i)%killMoments, k.records[i%crowd:i%crowd+1], 0)
		}
		k.calm()
		_, took, again := k.system.counts()
		if again > kills {
			k.Errorf("%d kills repeated %d states", kills, again)
		}
		for i := range batches { // a batch is acknowledged together
			k.kill(killTaken+killMoment(i%2), k.records, (i*5+3)%crowd)
			k.calm()
		}
		_, all, repeated := k.system.counts()
		states, repeats, inBatch = states+all, repeats+again, inBatch+repeated-again
		if all <= took || repeated-again > batches*crowd {
			k.Errorf("%d kills repeated %d states of %d in a batch", batches, repeated-again, crowd)
		}
		k.judge()
	})
	r.count(2*kills, "一个状态在途时的 SIGKILL 次数", "SIGKILLs with one state on its way")
	r.count(repeats, "因此重复、由接收方去重的状态", "states repeated for that, which the receiver knows already")
	r.count(2*batches, "整批在途时的 SIGKILL 次数", "SIGKILLs with a whole batch on its way")
	r.count(inBatch, "整批重复的状态", "states of these batches repeated")
	r.count(states, "送达的状态", "states delivered")
	r.count(0, "丢失的状态", "states lost")
}

// A deliveryKill is one worker, the real program, that a system kills while it is called.
type deliveryKill struct {
	*raceHouse
	system  *shakyReceiver
	line    *lifeline
	records []customer.ID
	app     access.Actor
	wishes  int

	mu     sync.Mutex
	victim *os.Process // nil: nobody is to be killed
	moment killMoment
	spared int // how often the moment passes before
	killed chan struct{}
}

func openDeliveryKill(r *run, url string, n int) *deliveryKill {
	k := &deliveryKill{raceHouse: openRace(r, url), system: openShaky(r, "crm", 0)}
	r.Setenv("AMEND_ALLOW", "127.0.0.0/8")
	k.line = k.enter()
	r.Cleanup(func() { r.must(k.line.store.Close()) })
	k.records = k.people(k.line, n)
	k.app = k.hire(k.line, "app", access.App)
	connectDelivery(k.raceHouse, k.line, lifeSystem, k.front(), k.system.Secret())
	return k
}

// front listens before the system and answers its address.
func (k *deliveryKill) front() string {
	k.Helper()
	server := &http.Server{Handler: http.HandlerFunc(k.call), ReadHeaderTimeout: time.Minute, ConnState: func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			k.reach(killClaimed)
		}
	}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	k.must(err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	k.Cleanup(func() {
		k.must(server.Close())
		<-served // it ends because it was closed
	})
	return "http://" + listener.Addr().String()
}

// call is one call by the worker, which is killed at its moment.
func (k *deliveryKill) call(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || k.reach(killHeard) {
		panic(http.ErrAbortHandler)
	}
	event := shakyEvent{r.Header.Clone(), body}
	k.system.draw(event)
	status, reply := k.system.give(event)
	if k.reach(killTaken) {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	_, _ = w.Write(reply)
	_ = http.NewResponseController(w).Flush() // a worker that is gone hears nothing
	k.reach(killAnswered)
}

// reach kills the victim if this is its moment, and reports whether it did.
func (k *deliveryKill) reach(m killMoment) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.victim == nil || k.moment != m {
		return false
	}
	if k.spared--; k.spared >= 0 {
		return false
	}
	_ = k.victim.Kill() // one that has ended is dead as well
	k.victim = nil
	close(k.killed)
	return true
}

// kill changes some customers, starts the worker and kills it at a moment, after it has
// passed spared times. The shards of those that died before are free at once: nobody waits
// half a minute for a lease here.
func (k *deliveryKill) kill(m killMoment, records []customer.ID, spared int) {
	k.Helper()
	k.must(k.line.store.Write(k.Context(), "", func(tx *store.Tx) error {
		tx.Exec(`DELETE FROM lease`)
		return nil
	}))
	for _, id := range records {
		k.wishes++
		k.must(deliveryWish(k.Context(), k.line.desk, k.app, id, k.wishes))
	}
	s := &served{t: k.T, program: binary(k.T), data: k.data}
	s.at.Store("")
	k.mu.Lock()
	where := s.spawn() // nothing is its moment before we know whom to kill
	k.victim, k.moment, k.spared, k.killed = s.cmd.Process, m, spared, make(chan struct{})
	k.mu.Unlock()
	if m == killMarked {
		k.settled()
		k.reach(killMarked)
	}
	<-k.killed
	for range where {
	}
	s.kill()
}

// settled waits until the worker has written down that nothing is owed.
func (k *deliveryKill) settled() {
	k.Helper()
	for {
		var owed int
		k.must(k.line.store.Row(k.Context(), `SELECT count(*) FROM delivery WHERE state = 'owed'`).Scan(&owed))
		if owed == 0 {
			return
		}
		<-time.After(repeatPause)
	}
}

// calm lets a worker finish that nobody kills.
func (k *deliveryKill) calm() {
	k.Helper()
	k.kill(killMarked, nil, 0)
	k.settled()
}

// judge: the system holds every customer as they are on record, and heard them in order.
func (k *deliveryKill) judge() {
	k.Helper()
	for _, id := range k.records {
		rec, err := k.line.store.View(k.Context()).Record(id)
		k.must(err)
		if got, _ := k.system.Holding(string(id)); got.Version != rec.Version || got.Fields["interests"] != string(rec.Get("interests")) {
			k.Errorf("the system holds version %d of %s, on record is %d", got.Version, id, rec.Version)
		}
	}
	if did, _, _ := k.system.counts(); did.backwards > 0 {
		k.Errorf("%d sequences went back", did.backwards)
	}
	open, err := k.line.store.View(k.Context()).Exceptions(10)
	k.must(err)
	if len(open) > 0 {
		k.Errorf("%d exceptions, and the system took everything", len(open))
	}
	k.holds(k.line)
}
