package customer

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func someValue(t *rapid.T) Value {
	text := rapid.String()
	at := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMicro(rapid.Int64Range(yearOne, 4e15).Draw(t, "µs")).UTC()
	})
	v := Value{
		Content: Content(text.Draw(t, "content")), Grade: Grade(rapid.SampledFrom([]string{"A", "B", "C", "D", "E", ""}).Draw(t, "grade")),
		Source: text.Draw(t, "source"), Channel: text.Draw(t, "channel"), By: text.Draw(t, "by"), Cause: text.Draw(t, "cause"),
		Since: at.Draw(t, "since"), CheckedAt: at.Draw(t, "checked"), ProvenSince: at.Draw(t, "proven"), HeldSince: at.Draw(t, "held"),
		Salt: rapid.SliceOfN(rapid.Byte(), 1, 16).Draw(t, "salt"),
	}
	if proofs := rapid.SliceOf(text).Draw(t, "proofs"); len(proofs) > 0 {
		v.Proofs = proofs
	}
	return v
}

func TestValueIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := someValue(t)
		got, err := DecodeValue(v.Encode())
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Fatalf("%+v, %v\nwant %+v", got, err, v)
		}
	})
}

func TestZeroTimesStayZero(t *testing.T) {
	got, err := DecodeValue(Value{Content: "x"}.Encode())
	if err != nil || !got.Since.IsZero() || !got.HeldSince.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
}

func FuzzDamagedValueIsRefusedOrIsAnotherValue(f *testing.F) {
	f.Add(Value{Content: "x", Proofs: []string{"sms"}}.Encode())
	f.Add([]byte{valueFormat, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := DecodeValue(b)
		if err != nil {
			return
		}
		if again, err := DecodeValue(v.Encode()); err != nil || !bytes.Equal(again.Encode(), v.Encode()) {
			t.Fatalf("%x is %+v, then %+v, %v", b, v, again, err)
		}
	})
}
