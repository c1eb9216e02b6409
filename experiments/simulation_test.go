package experiments

import (
	"testing"

	"amend/internal/simulate"
)

// The size of the simulation: the whole is a million requests.
const (
	simulationShort    = 40     // requests of each seed
	simulationWhole    = 95     // the same, of the whole: what is under way at the end files some more
	simulationSeeds    = 10_000 // of the whole
	simulationToFind   = 1_000  // seeds within which a planted fault must be found
	simulationRequests = 1_000_000
)

func TestSimulationHoldsEveryInvariantOverManySeeds(t *testing.T) {
	r := begin(t, Trial{
		Name:   "simulation",
		Title:  Words{"确定性推演", "Deterministic simulation"},
		Broken: Words{"在任意两步之间停机、换节点抢先、丢失或重复回答，时钟各差几分钟，渠道和下游系统以各种方式失败；另埋下一份故障清单", "Machines stop and other nodes act between any two steps, answers are lost or doubled, clocks differ by minutes, channels and systems fail in every way; and a list of faults is planted"},
		Holds:  Words{"每条不变量都成立，同一种子逐条记录都相同，每个埋下的故障在一千个种子之内被发现", "Every invariant holds, equal seeds make equal entries, and each planted fault is found within 1,000 seeds"},
	})
	stage, err := simulate.NewStage()
	r.must(err)
	requests := r.size(simulationShort, simulationWhole)
	sum, err := stage.Sweep(t.Context(), simulate.Sweep{From: 1, To: uint64(r.size(16, simulationSeeds)), Requests: requests})
	r.must(err)
	r.count(sum.Seeds, "种子", "seeds")
	r.count(sum.Requests, "提交的申请", "requests filed")
	r.count(sum.Acts, "落库的动作", "acts stored")
	r.count(sum.Entries, "日志记录", "entries in the log")
	r.count(sum.Stops, "中途停机", "stops in the middle of something")
	r.count(sum.Races, "抢先一步", "races between decision and storing")
	r.count(sum.Repeats, "丢失或重复的回答", "answers lost or doubled")
	r.count(simulationBreaks(sum), "不成立的不变量", "invariants that did not hold")
	if sum.First != nil {
		for _, b := range sum.First.Breaks {
			t.Errorf("seed %d: invariant %d: %s", sum.First.Seed, b.Invariant, b.What)
		}
	}
	if *full && sum.Requests < simulationRequests && sum.First == nil {
		t.Errorf("%d requests, want %d", sum.Requests, simulationRequests)
	}
	simulationTwice(r, stage, requests)
	simulationFinds(r, stage, requests)
}

func simulationBreaks(sum simulate.Sum) int {
	if sum.First == nil {
		return 0
	}
	return len(sum.First.Breaks)
}

// simulationTwice plays seeds twice and compares what their logs hold.
func simulationTwice(r *run, stage *simulate.Stage, requests int) {
	same := 0
	for s := range uint64(r.size(3, 100)) {
		var digests [2]string
		for i := range digests {
			o, err := stage.Run(r.Context(), simulate.Config{Seed: *seed + s, Requests: requests})
			r.must(err)
			digests[i] = o.Digest
		}
		if digests[0] != digests[1] {
			r.Errorf("seed %d: %s, then %s", *seed+s, digests[0], digests[1])
			continue
		}
		same++
	}
	r.count(same, "重放逐条相同的种子", "seeds that replay exactly")
}

// simulationFinds plants each fault until it is found. The short run plants a few of them:
// the tests of the simulation itself plant them all.
func simulationFinds(r *run, stage *simulate.Stage, requests int) {
	found, slowest := 0, 0
	faults := simulate.Faults()
	for _, f := range faults[:r.size(5, len(faults))] {
		sum, err := stage.Sweep(r.Context(), simulate.Sweep{From: 1, To: simulationToFind, Requests: requests, Fault: f.Name})
		r.must(err)
		if sum.First == nil {
			r.Errorf("%s is not found in %d seeds", f.Name, sum.Seeds)
			continue
		}
		found, slowest = found+1, max(slowest, int(sum.First.Seed))
	}
	r.count(found, "被发现的埋下故障", "planted faults that were found")
	r.count(slowest, "最晚发现故障的种子", "seed that the slowest fault took")
}
