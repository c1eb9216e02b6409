package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// scripted are the ways in which scripts run: there the lists of a picker follow each other.
func scripted() []reader {
	return slices.DeleteFunc(ways(), func(r reader) bool { return r.noScript })
}

// A picker is where regions are picked: the page, the names of its lists from the province
// down, and the button that loads them where no script does.
type picker struct {
	path  string
	lists []string
	load  string
}

// opensPicker opens the picker of a customer, or that of an agent who takes an address in.
func (t *tab) opensPicker(me *somebody, staff bool) picker {
	t.Helper()
	p := picker{"/me/edit/address", []string{"province", "city", "area", "street"}, "portal.address.show"}
	if staff {
		t.SignsIn("ada")
		p = picker{"/console/intake/" + string(me.id) + "?field=address", []string{"address.province", "address.city", "address.area", "address.street"}, "console.intake.region.load"}
	} else {
		t.Finds(me)
	}
	t.Goes(p.path)
	return p
}

func TestListBelowAPickedRegionLeavesThePickToTheReader(t *testing.T) {
	pickers(t, func(w *tab, p picker) {
		for i, code := range []string{"11", "1101", "110108"} {
			w.Region(p.lists[i], code)
			if !w.waits(listed(p.lists[i+1]) + `.length > 1`) {
				w.fails("the list below " + code + " stays empty")
			}
			if got := w.picks(p)[i+1:]; !slices.Equal(got, []string{"", "", "", ""}[i+1:]) {
				w.Errorf("below %s, %q are picked", code, got)
			}
		}
		if got := w.picks(p); !slices.Equal(got, []string{"11", "1101", "110108", ""}) {
			w.Errorf("picked are %q", got)
		}
	})
}

func TestRegionsOfAnotherPickAreNeverOffered(t *testing.T) {
	pickers(t, func(w *tab, p picker) {
		w.Region(p.lists[0], "31")
		w.Region(p.lists[1], "3101")
		w.Region(p.lists[2], "310115")
		w.holdsAnswers()

		w.Fills(p.lists[0], "11")
		if got := w.picks(p); !slices.Equal(got, []string{"11", "", "", ""}) {
			w.Errorf("while the cities of 11 load, %q are picked", got)
		}
		for _, below := range p.lists[1:] {
			var offered []string
			if w.evaluates(listed(below), &offered); len(offered) != 1 {
				w.Errorf("while the cities of 11 load, %s offers %q", below, offered)
			}
		}

		w.Fills(p.lists[0], "44")
		w.Fills(p.lists[0], "33")
		w.gives("44", "33", "11") // what was asked first comes last
		if !w.waits(listed(p.lists[1]) + `.includes("3301")`) {
			w.fails("the cities of 33 never come")
		}
		w.Fills(p.lists[1], "3301")
		w.gives("3301")
		w.Region(p.lists[2], "330106")
		w.gives("330106")
		w.waits(listed(p.lists[3]) + `.length > 1`)
		if got := w.picks(p); !slices.Equal(got, []string{"33", "3301", "330106", ""}) {
			w.Errorf("picked are %q", got)
		}
	})
}

func TestRegionsThatCannotBeFetchedAreStillToBeHad(t *testing.T) {
	pickers(t, func(w *tab, p picker) {
		w.evaluates(`(() => { window.fetch = () => Promise.reject(new TypeError("no network")); return true })()`, new(bool))
		w.Region(p.lists[0], "31")
		w.Presses(p.load)
		w.Region(p.lists[1], "3101")
		if got := w.picks(p); !slices.Equal(got, []string{"31", "3101", "", ""}) {
			w.Errorf("picked are %q", got)
		}
	})
}

// pickers lets both pickers be looked at wherever scripts run.
func pickers(t *testing.T, look func(w *tab, p picker)) {
	for staff, name := range map[bool]string{false: "portal", true: "console"} {
		t.Run(name, func(t *testing.T) {
			journeysBy(t, scripted(), func(w *tab, me *somebody) { look(w, w.opensPicker(me, staff)) })
		})
	}
}

// listed is an expression for the codes that a list offers.
func listed(name string) string {
	return fmt.Sprintf(`[...document.querySelector(%s).options].map((o) => o.value)`, quoted(`select[name="`+name+`"]`))
}

// picks are what is picked in each list.
func (t *tab) picks(p picker) []string {
	t.Helper()
	var all []string
	t.evaluates(fmt.Sprintf(`%s.split(" ").map((name) => document.getElementsByName(name)[0].value)`, quoted(strings.Join(p.lists, " "))), &all)
	return all
}

// holdsAnswers makes whatever the page's script asks for wait until it is given.
func (t *tab) holdsAnswers() {
	t.Helper()
	t.evaluates(`(() => {
		const ask = window.fetch;
		const held = (window.held = {});
		window.fetch = (place, how) => new Promise((give, fail) => (held[new URL(place).searchParams.get("of")] = () => ask(place, how).then(give, fail)));
		return true;
	})()`, new(bool))
}

// gives gives the page the answers about some regions, one after the other.
func (t *tab) gives(codes ...string) {
	t.Helper()
	for _, code := range codes {
		t.waits(`Boolean(window.held[` + quoted(code) + `])`)
		t.evaluates(`(async () => { await held[`+quoted(code)+`](); return true; })()`, new(bool))
	}
}
