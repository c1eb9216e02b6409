package downstream

import (
	"strings"
	"testing"
	"time"

	"amend/customer"
)

func TestCanaryCarriesWhatLeavesAndNothingElse(t *testing.T) {
	s := system(Subscription{Key: "email", As: "mail"}, Subscription{Key: "phone"})
	e := s.Canary(customer.Person, catalog(), noon)
	if e.Record != CanaryID || e.Seq != noon.UnixMilli() || e.Gone || len(e.Holds) > 0 || len(e.Fields) != 2 {
		t.Fatalf("%+v", e)
	}
	if e.Fields[0].Name != "mail" || e.Fields[0].Content == "" || e.Fields[1].Content == "" {
		t.Errorf("fields %+v", e.Fields)
	}
	if other := s.Canary(customer.Organization, catalog(), noon); len(other.Fields) > 0 {
		t.Errorf("it follows no organizations: %+v", other.Fields)
	}
	later := s.Canary(customer.Person, catalog(), noon.Add(time.Second))
	if gone := e.Released(); !gone.Gone || gone.Fields != nil || gone.Seq <= e.Seq || gone.Seq >= later.Seq || !strings.HasSuffix(gone.ID, "1") || e.Gone {
		t.Errorf("%+v", gone)
	}
}
