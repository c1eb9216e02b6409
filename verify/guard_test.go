package verify

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/fault"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// missed is t after n wrong codes at once, and what is left.
func missed(t Tries, n int, now time.Time) (Tries, int) {
	left := 0
	for range n {
		t, left = t.Miss(now)
	}
	return t, left
}

// refused fails t unless err is the fault of code; "" is none.
func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code || (err != nil) != (code != "") {
		t.Errorf("%s: got %v, want %q", what, err, code)
	}
}

func TestFifthWrongCodeRestsTheChannel(t *testing.T) {
	var g Tries
	for want := 4; want >= 0; want-- {
		refused(t, "a try", g.Allow(noon), "")
		var left int
		if g, left = g.Miss(noon); left != want {
			t.Errorf("%d tries left, want %d", left, want)
		}
	}
	refused(t, "the sixth", g.Allow(noon), "channel_rests")
	refused(t, "at the end of the rest", g.Allow(noon.Add(15*time.Minute-1)), "channel_rests")
	refused(t, "after the rest", g.Allow(noon.Add(15*time.Minute)), "")
}

func TestOtherChannelDoesNotRestButSharesTheDay(t *testing.T) {
	phone, left := missed(Tries{}, 5, noon)
	if left != 0 {
		t.Fatalf("%d left", left)
	}
	mail := Tries{All: phone.All}
	refused(t, "another channel", mail.Allow(noon), "")
	mail, left = missed(mail, 5, noon)
	if left != 0 {
		t.Errorf("%d left", left)
	}
	third := Tries{All: mail.All}
	refused(t, "a third channel", third.Allow(noon), "codes_used_up")
	refused(t, "the first after its rest", Tries{Channel: phone.Channel, All: mail.All}.Allow(noon.Add(time.Hour)), "codes_used_up")
	refused(t, "the end of the day", third.Allow(noon.Add(24*time.Hour-1)), "codes_used_up")
	refused(t, "a day later", third.Allow(noon.Add(24*time.Hour)), "")
	if next, left := third.Miss(noon.Add(24 * time.Hour)); next.All.Misses != 1 || left != 4 {
		t.Errorf("a new day begins with %d misses, %d left", next.All.Misses, left)
	}
}

func TestRightCodeForgetsTheChannelsMissesAndNotTheDays(t *testing.T) {
	g, _ := missed(Tries{}, 4, noon)
	g, left := missed(g.Hit(), 4, noon)
	if left != 1 || g.All.Misses != 8 {
		t.Errorf("%d left, %d in the day", left, g.All.Misses)
	}
}

func TestDayEndsOnlyWhenADayWentByWithoutAMiss(t *testing.T) {
	g, now := Tries{}, noon
	for i := range 10 {
		refused(t, "a try", g.Allow(now), "")
		g, _ = g.Miss(now)
		if now = now.Add(23 * time.Hour); i == 4 {
			g = g.Hit()
		}
	}
	refused(t, "the eleventh", g.Allow(now), "codes_used_up")
}

// TestThiefHasAtMostTwentyChancesInAMillion lets a thief try whenever a guard lets them, on
// several channels at once, with two live codes on each, and counts their tries in every
// stretch of 24 hours, wherever it begins.
func TestThiefHasAtMostTwentyChancesInAMillion(t *testing.T) {
	const liveCodes, codes, allowed = 2, 1_000_000, 20
	rapid.Check(t, func(t *rapid.T) {
		channels := make([]Guard, rapid.IntRange(1, 4).Draw(t, "channels"))
		var all Guard
		var tries []time.Time
		now := noon
		for range 300 {
			i := rapid.IntRange(0, len(channels)-1).Draw(t, "channel")
			g := Tries{Channel: channels[i], All: all}
			if g.Allow(now) == nil {
				if rapid.IntRange(0, 9).Draw(t, "the owner answers") == 0 {
					g = g.Hit()
				} else {
					g, _ = g.Miss(now)
					tries = append(tries, now)
				}
				channels[i], all = g.Channel, g.All
				continue
			}
			now = now.Add(rapid.SampledFrom([]time.Duration{time.Minute, 15 * time.Minute, 6 * time.Hour, 24*time.Hour - time.Minute}).Draw(t, "waits"))
		}
		for i, from := range tries {
			n := 0
			for _, at := range tries[i:] {
				if at.Before(from.Add(24 * time.Hour)) {
					n++
				}
			}
			if n*liveCodes > allowed {
				t.Fatalf("%d tries in a day give %d chances in %d", n, n*liveCodes, codes)
			}
		}
	})
}

func TestSendsKeepTheirDistanceAndTheirNumber(t *testing.T) {
	q, now := PerDestination(), noon
	var s Sends
	var err error
	for range 5 {
		s, err = s.Take(q, now)
		refused(t, "a send", err, "")
		_, err = s.Take(q, now.Add(59*time.Second))
		refused(t, "too soon", err, "resend_wait")
		now = now.Add(time.Minute)
	}
	same, err := s.Take(q, now)
	refused(t, "the sixth of the day", err, "send_limit")
	if same != s {
		t.Error("a refused send was counted")
	}
	_, err = s.Take(q, noon.Add(24*time.Hour))
	refused(t, "the next day", err, "")
}

func TestEveryQuotaHolds(t *testing.T) {
	for name, c := range map[string]struct {
		q   Quota
		max int
	}{"destination": {PerDestination(), 5}, "source": {PerSource(), 20}, "everything": {Everything(), 50_000}} {
		var s Sends
		sent := 0
		for now := noon; now.Before(noon.Add(c.q.Window)); now = now.Add(max(c.q.Gap, c.q.Window/100_000)) {
			next, err := s.Take(c.q, now)
			if err == nil {
				sent++
			}
			s = next
		}
		if sent != c.max {
			t.Errorf("%s: %d sent in a window, want %d", name, sent, c.max)
		}
	}
}

// A clock that was ahead is put right: what it wrote must not shut a customer out for years.
func TestLimitsWrittenByAClockThatWasAheadHoldNobodyOff(t *testing.T) {
	far := noon.AddDate(10, 0, 0)
	guessed, _ := missed(Tries{}, 10, far)
	refused(t, "while the clock is ahead", guessed.Allow(far), "channel_rests")
	refused(t, "once it is right", guessed.Allow(noon), "")
	if again, left := guessed.Miss(noon); left != 4 || again.All.Misses != 1 {
		t.Errorf("%d tries left, %d in the day", left, again.All.Misses)
	}
	refused(t, "on a node that lags", guessed.Allow(far.Add(-5*time.Minute)), "channel_rests")

	sent, err := Sends{}.Take(PerDestination(), far)
	refused(t, "a code", err, "")
	if sent, err = sent.Take(PerDestination(), noon); err != nil || sent.Count != 1 {
		t.Errorf("%+v, %v", sent, err)
	}
}

// One node's clock is five minutes behind: it is not refused until it has caught up.
func TestNodeThatLagsSendsToo(t *testing.T) {
	for name, q := range map[string]Quota{"destination": PerDestination(), "source": PerSource(), "filer": PerFiler(), "all": Everything()} {
		sent, err := Sends{}.Take(q, noon)
		refused(t, name, err, "")
		sent, err = sent.Take(q, noon.Add(-5*time.Minute))
		refused(t, name+", on a node that lags", err, "")
		if sent.Count != 2 {
			t.Errorf("%s: %d were counted", name, sent.Count)
		}
	}
}

func TestCodeSentByAClockThatWasAheadIsOver(t *testing.T) {
	c := Challenge{State: Live, SentAt: noon, Expires: noon.Add(codeLives)}
	for after, open := range map[time.Duration]bool{
		-10 * 365 * 24 * time.Hour: false, -time.Hour: false, -5 * time.Minute: true, -time.Second: true, 0: true, codeLives - 1: true, codeLives: false,
	} {
		if c.Open(noon.Add(after)) != open {
			t.Errorf("%s after it was sent: %t", after, !open)
		}
	}
}

// Two acts that meet may read each other's times in any order: neither may send a code that
// has to wait, and neither is refused by a limit that asks for no wait.
func TestSendsThatMeetKeepTheGapAndOnlyTheGap(t *testing.T) {
	other := noon.Add(3 * time.Millisecond)
	for name, want := range map[string]string{"destination": "resend_wait", "source": ""} {
		quota := map[string]Quota{"destination": PerDestination(), "source": PerSource()}[name]
		sent, err := Sends{}.Take(quota, other)
		refused(t, "the first", err, "")
		_, err = sent.Take(quota, noon)
		refused(t, name, err, want)
	}
}
