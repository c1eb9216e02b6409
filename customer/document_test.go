package customer

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// set is an effect that writes text under k; an empty text removes.
func set(k Key, text string) SealedEffect {
	e := SealedEffect{Key: k, Contact: true}
	if text != "" {
		e.Blob = []byte(text)
	}
	return e
}

// contents is what a document holds: its keys with their blobs, whatever their history.
func contents(d Document) map[Key]string {
	m := map[Key]string{}
	for _, s := range d.Slots {
		if len(s.Blob) > 0 {
			m[s.Key] = string(s.Blob)
		}
	}
	return m
}

func effects(t *rapid.T, label string, keys ...Key) []SealedEffect {
	var out []SealedEffect
	for range rapid.IntRange(0, 4).Draw(t, label) {
		e := set(rapid.SampledFrom(keys).Draw(t, "key"), rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "text"))
		e.Keep, e.Contact = rapid.Bool().Draw(t, "keep"), rapid.Bool().Draw(t, "contact")
		out = append(out, e)
	}
	return out
}

// document is one that a random history made.
func document(t *rapid.T) (Document, time.Time) {
	var d Document
	at := noon
	for range rapid.IntRange(0, 6).Draw(t, "versions") {
		at = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "days")) * 24 * time.Hour)
		d = d.Fold(effects(t, "effects", "email", "name", "phone", "phone/work"), at)
	}
	return d, at
}

func TestDocumentReadsBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, _ := document(t)
		back, err := DecodeDocument(d.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.Encode(), d.Encode()) || back.Version != d.Version || !maps.Equal(contents(back), contents(d)) || len(back.Former) != len(d.Former) {
			t.Fatalf("got %+v, want %+v", back, d)
		}
		for i, f := range back.Former {
			if !f.Until.Equal(d.Former[i].Until) || f.Key != d.Former[i].Key || f.Sealed != d.Former[i].Sealed {
				t.Fatalf("former contact: got %+v, want %+v", f, d.Former[i])
			}
		}
	})
}

func TestSameEffectsInTheSameOrderGiveEqualBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, at := document(t)
		es := effects(t, "effects", "email", "name", "phone")
		stored, err := DecodeDocument(d.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if one, two := d.Fold(es, at), stored.Fold(es, at); !bytes.Equal(one.Encode(), two.Encode()) {
			t.Fatalf("folding what was stored gives other bytes:\n%+v\n%+v", one, two)
		}
	})
}

func TestFoldLeavesTheDocumentItStartedFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, at := document(t)
		was := d.Encode()
		d.Fold(effects(t, "effects", "email", "name", "phone"), at.Add(100*24*time.Hour))
		if !bytes.Equal(d.Encode(), was) {
			t.Fatal("the fold wrote into its source")
		}
	})
}

func TestRevertPutsTheContentsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, at := document(t)
		before := contents(d)
		applied := effects(t, "effects", "email", "name", "phone")
		after := d.Fold(applied, at)
		var inverse []SealedEffect
		for _, e := range applied {
			inverse = append(inverse, set(e.Key, before[e.Key]))
		}
		back := after.Fold(inverse, at)
		if !maps.Equal(contents(back), before) {
			t.Fatalf("got %v, want %v", contents(back), before)
		}
		if back.Version != d.Version+2 {
			t.Fatalf("a revert is a version of its own: %d", back.Version)
		}
	})
}

func TestEffectsOnDifferentKeysCommute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, at := document(t)
		left, right := effects(t, "left", "email", "name"), effects(t, "right", "phone", "phone/work")
		one, two := d.Fold(left, at).Fold(right, at), d.Fold(right, at).Fold(left, at)
		if !maps.Equal(contents(one), contents(two)) {
			t.Fatalf("%v, %v", contents(one), contents(two))
		}
		if len(one.Former) != len(two.Former) {
			t.Fatalf("former contacts: %d, %d", len(one.Former), len(two.Former))
		}
	})
}

func TestSlotsStayInOrderAndVersionsGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, _ := document(t)
		if !slices.IsSortedFunc(d.Slots, func(a, b Slot) int { return bytes.Compare([]byte(a.Key), []byte(b.Key)) }) {
			t.Fatal("slots out of order")
		}
		for _, s := range d.Slots {
			if s.Changed > s.Sealed || s.Sealed > d.Version {
				t.Fatalf("%+v in version %d", s, d.Version)
			}
		}
	})
}

func TestFormerContactIsKeptNinetyDays(t *testing.T) {
	d := Document{}.Fold([]SealedEffect{set("phone", "old"), set("name", "Ada")}, noon)
	d = d.Fold([]SealedEffect{set("phone", "new"), {Key: "name", Blob: []byte("Ada L.")}}, noon)
	if len(d.Former) != 1 || d.Former[0].Key != "phone" || string(d.Former[0].Blob) != "old" || !d.Former[0].Until.Equal(noon) || d.Former[0].Sealed != 1 {
		t.Fatalf("former contacts: %+v", d.Former)
	}
	other := []SealedEffect{set("title", "Dr")}
	if kept := d.Fold(other, noon.Add(FormerKept-time.Microsecond)); len(kept.Former) != 1 {
		t.Error("dropped before its 90 days were over")
	}
	if gone := d.Fold(other, noon.Add(FormerKept)); len(gone.Former) != 0 {
		t.Error("kept beyond its 90 days")
	}
	removed := d.Fold([]SealedEffect{set("phone", "")}, noon)
	if len(removed.Former) != 2 {
		t.Errorf("a removed contact is a former one: %+v", removed.Former)
	}
	if again := removed.Fold([]SealedEffect{set("phone", "third")}, noon); len(again.Former) != 2 {
		t.Error("nothing was replaced, and something remembered")
	}
}

func TestRemovedKeyRemembersWhenItChanged(t *testing.T) {
	d := Document{}.Fold([]SealedEffect{set("email", "a")}, noon).Fold([]SealedEffect{set("email", "")}, noon)
	if len(d.Slots) != 1 || d.Slots[0].Changed != 2 || len(contents(d)) != 0 {
		t.Errorf("got %+v", d.Slots)
	}
}

func TestNewGradeIsNoNewContent(t *testing.T) {
	d := Document{}.Fold([]SealedEffect{set("email", "a")}, noon)
	d = d.Fold([]SealedEffect{{Key: "email", Keep: true, Contact: true, Blob: []byte("a, proven")}}, noon)
	if s := d.Slots[0]; s.Changed != 1 || s.Sealed != 2 || len(d.Former) != 0 {
		t.Errorf("got %+v, former %+v", s, d.Former)
	}
}

func TestEffectsReadBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := effects(t, "effects", "email", "name", "phone")
		back, err := DecodeEffects(EncodeEffects(es))
		if err != nil || len(back) != len(es) {
			t.Fatalf("%v, %v", back, err)
		}
		for i, e := range es {
			if b := back[i]; b.Key != e.Key || b.Keep != e.Keep || b.Contact != e.Contact || !bytes.Equal(b.Blob, e.Blob) {
				t.Fatalf("got %+v, want %+v", b, e)
			}
		}
	})
}

func TestDamagedBytesAreRefused(t *testing.T) {
	d := Document{}.Fold([]SealedEffect{set("email", "a"), set("phone", "b")}, noon).Fold([]SealedEffect{set("phone", "c")}, noon)
	whole := d.Encode()
	for n := range whole {
		if _, err := DecodeDocument(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes were read", n, len(whole))
		}
	}
	es := EncodeEffects([]SealedEffect{set("email", "a")})
	for n := range es {
		if _, err := DecodeEffects(es[:n]); err == nil {
			t.Errorf("%d of %d bytes were read", n, len(es))
		}
	}
	twice := Document{Slots: []Slot{{Key: "b"}, {Key: "b"}}}
	for name, b := range map[string][]byte{
		"a byte too many":    append(slices.Clone(whole), 0),
		"another format":     append([]byte{9}, whole[1:]...),
		"a key twice":        twice.Encode(),
		"more than there is": {documentFormat, 1, 200, 1},
	} {
		if _, err := DecodeDocument(b); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	for name, b := range map[string][]byte{"a byte too many": append(slices.Clone(es), 0), "an unknown flag": {documentFormat, 1, 1, 'a', 4, 0}} {
		if _, err := DecodeEffects(b); err == nil {
			t.Errorf("effects: %s was read", name)
		}
	}
}

func TestCiphertextIsBoundToItsPlace(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []ID{"a", "ab"} {
		for _, k := range []Key{"b", "", "bc"} {
			for _, sealed := range []int64{1, 2, 1 << 40} {
				b := string(Bound(id, k, sealed))
				if seen[b] {
					t.Errorf("two places share %x", b)
				}
				seen[b] = true
			}
		}
	}
}

func FuzzDocument(f *testing.F) {
	d := Document{}.Fold([]SealedEffect{set("email", "a"), set("phone", "b")}, noon).Fold([]SealedEffect{set("phone", "")}, noon)
	f.Add(d.Encode())
	f.Add([]byte{documentFormat, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := DecodeDocument(b)
		if err != nil {
			return
		}
		again, err := DecodeDocument(d.Encode())
		if err != nil || !bytes.Equal(again.Encode(), d.Encode()) {
			t.Fatalf("what was written does not read the same: %v", err)
		}
		d.Fold([]SealedEffect{set("email", "x")}, noon)
	})
}

func FuzzEffects(f *testing.F) {
	f.Add(EncodeEffects([]SealedEffect{set("email", "a"), set("phone", "")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		es, err := DecodeEffects(b)
		if err != nil {
			return
		}
		again, err := DecodeEffects(EncodeEffects(es))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(es) {
			t.Fatalf("what was written does not read the same: %v", err)
		}
	})
}
