package desk_test

import (
	"testing"

	"amend/downstream"
)

// While one worker waits for its answer, another one has taken over and told the system
// something newer. What the first one hears at last is about what nobody waits for.
func TestLateAnswerOpensNoExceptionAboutWhatIsInSync(t *testing.T) {
	for name, late := range map[string]downstream.Answer{
		"conflict": {Outcome: downstream.Conflict, Code: "http_409"},
		"ahead":    {Outcome: downstream.OK, Seq: 1 << 40},
	} {
		h, ids := connected(t, 1)
		h.crm.answer = func(e downstream.Envelope) (downstream.Answer, error) {
			if len(h.crm.calls) > 1 {
				return downstream.Answer{Outcome: downstream.OK}, nil
			}
			_, err := h.desk.Load(h.ctx, h.staff["ivy"], "crm")
			h.ok(err)
			h.deliver(10)
			return late, nil
		}
		h.deliver(10)
		if d := h.delivery(ids[0]); d.AckedSeq != 2 || d.State != downstream.Settled {
			t.Errorf("%s: %+v", name, d)
		}
		if xs := h.exceptions(); len(xs) > 0 {
			t.Errorf("%s: %+v", name, xs)
		}
	}
}

// A delivery that is raised while its system refuses it is owed afresh: it has not stopped.
func TestRaiseDuringARefusalOpensNoException(t *testing.T) {
	h, ids := connected(t, 1)
	h.crm.answer = func(downstream.Envelope) (downstream.Answer, error) {
		if len(h.crm.calls) == 1 {
			_, err := h.desk.Load(h.ctx, h.staff["ivy"], "crm")
			h.ok(err)
			return downstream.Answer{Outcome: downstream.Conflict, Code: "http_409"}, nil
		}
		return downstream.Answer{Outcome: downstream.OK}, nil
	}
	h.deliver(10)
	if d, xs := h.delivery(ids[0]), h.exceptions(); d.State != downstream.Owed || len(xs) > 0 {
		t.Errorf("%+v with %d exceptions", d, len(xs))
	}
	h.deliver(10)
	if d := h.delivery(ids[0]); d.AckedSeq != 2 || d.State != downstream.Settled {
		t.Errorf("%+v", d)
	}
}
