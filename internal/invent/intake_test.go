package invent_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amend/customer"
	"amend/intake"
	"amend/internal/invent"
	"amend/quality"
)

// A reader takes rows as the import does: guessed mapping, then the checks of each field.
type reader struct {
	catalog customer.Catalog
	binding intake.Binding
	check   quality.Checker
}

func newReader(t *testing.T, kind customer.Kind, header []string) reader {
	t.Helper()
	catalog := customer.Shipped()
	m, unused := intake.GuessMapping(header, catalog)
	if len(unused) > 0 || m.Kind != kind {
		t.Fatalf("%s: read as %s, columns left out: %v", kind, m.Kind, unused)
	}
	if err := m.Check(catalog); err != nil {
		t.Fatal(err)
	}
	b, err := m.Bind(header)
	if err != nil {
		t.Fatal(err)
	}
	return reader{catalog, b, quality.Checker{Today: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}}
}

// refused lists the columns of the values that cannot come in, and how many can.
func (r reader) refused(cells []string) (columns []string, accepted int) {
	values, faults := r.binding.Apply(intake.Row{Line: 1, Cells: cells})
	for _, f := range faults {
		columns = append(columns, f.Column)
	}
	for _, v := range values {
		field, _ := r.catalog.Of(v.Key)
		var err error
		if v.JSON != nil {
			if _, f := r.check.Normalise(field, v.JSON); f != nil {
				err = f
			}
		} else if _, f := r.check.NormaliseText(field, v.Text); f != nil {
			err = f
		}
		if err != nil {
			columns = append(columns, v.Column)
		} else {
			accepted++
		}
	}
	return columns, accepted
}

func TestWhatIsNotDamagedIsAcceptedAndWhatIsDamagedIsRefused(t *testing.T) {
	mix := invent.Mix{Seed: 7, Chinese: 0.5, Duplicates: 0.3, Errors: 0.2}
	for kind, l := range map[customer.Kind]list{customer.Person: invent.People(mix), customer.Organization: invent.Organizations(mix)} {
		r := newReader(t, kind, l.Header())
		kinds := map[invent.DamageKind]int{}
		for i := range 5_000 {
			row := l.Row(i)
			columns, accepted := r.refused(row.Cells)
			if row.Column != "" {
				kinds[row.Damage]++
			}
			switch {
			case accepted < 5:
				t.Fatalf("%s %d: only %d values: %q", kind, i, accepted, row.Cells)
			case row.Column == "" && len(columns) > 0:
				t.Fatalf("%s %d %v: refused %v: %q", kind, i, row.Twists, columns, row.Cells)
			case row.Column != "" && (len(columns) != 1 || !slices.Contains(strings.Split(columns[0], ", "), row.Column)):
				t.Fatalf("%s %d: planted %s in %s, refused %v: %q", kind, i, row.Damage, row.Column, columns, row.Cells)
			}
		}
		if len(kinds) < 14 {
			t.Errorf("%s: only these kinds of damage: %v", kind, kinds)
		}
	}
}
