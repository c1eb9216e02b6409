package privacy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCountryCodesAreFoundByTheirPrefix(t *testing.T) {
	for digits, want := range map[string]string{
		"8613800138000": "86", "12025550143": "1", "79161234567": "7", "85261234567": "852", "886912345678": "886",
		"447700900123": "44", "6591234567": "65", "35312345678": "353", "971501234567": "971", "8": "8", "99": "99", "4": "4",
	} {
		if got := countryCode(digits); got != want {
			t.Errorf("%s: got %s, want %s", digits, got, want)
		}
	}
}

func TestFacesAreWhatAReaderCounts(t *testing.T) {
	for s, want := range map[string]string{
		"Müller": "Müller", "Mu\u0308ller": "Muller", "👨‍👩‍👧‍👦王": "👨王", "👋🏽a": "👋a", "\u202e三张": "三张",
		"张\u200d三": "张", "Z\u0351\u036bA\u0334": "ZA", "a\x00b\u3000c": "abc", "\xff\xfe": "", "": "",
	} {
		if got := string(faces(s)); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestAStreetCodeIsCutDownToItsArea(t *testing.T) {
	for region, want := range map[string]string{
		"44": "44", "4403": "4403", "440305": "440305", "440305007": "440305", "HK/九龙/观塘区": "HK/九龙/观塘区", "NSW 2000": "NSW 2000", "": "",
	} {
		if got := area(region); got != want {
			t.Errorf("%q: got %q, want %q", region, got, want)
		}
	}
}

func TestAMaskedMailboxShowsNoWholePart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-z0-9.+]{1,20}`).Draw(t, "local")
		host := rapid.StringMatching(`[a-z]{2,12}`).Draw(t, "host")
		got := coverEmail(local + "@" + host + ".example")
		shown, domain, ok := strings.Cut(got, "@")
		if !ok || len(shown) > len("a***z") || !strings.Contains(shown, "***") || domain != host[:1]+"***.***" {
			t.Fatalf("%s@%s.example shows %s", local, host, got)
		}
		if n := len(strings.ReplaceAll(shown, "*", "")); n > 2 || n >= len(local) && n > 0 {
			t.Fatalf("%s shows %d of its letters: %s", local, n, got)
		}
	})
}
