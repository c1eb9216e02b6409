package doctor

import (
	"fmt"

	"amend/customer"
	"amend/internal/store"
)

// The bounds of a quick look: of how many of the newest entries it takes the records, and
// how many records it looks at.
const (
	quickActs    = 1000
	quickRecords = 200
)

// records compares records, requests, keys, search entries and deliveries with the log: of
// the newest acts, or all.
func (x *exam) records() error {
	only, err := x.scope()
	if err != nil || !x.Deep && len(only) == 0 {
		return err
	}
	var found gathered
	extent, err := x.store.ExamineRecords(x.ctx, store.Look{Only: only, Distrust: x.distrust}, found.take)
	x.report.Extent.Records, x.report.Extent.Requests = extent.Records, extent.Requests
	flawed := x.tell(found)
	if err != nil {
		return err
	}
	if !x.Deep {
		if len(flawed) == 0 {
			x.well("recent", "recent_well", "n", fmt.Sprint(extent.Records), "requests", fmt.Sprint(extent.Requests))
		}
		return nil
	}
	for _, area := range []string{"records", "requests", "keys", "search", "relations", "deliveries", "causes"} {
		if !flawed[area] {
			x.well(area, area+"_well", "n", fmt.Sprint(count(area, extent.Records, extent.Requests)))
		}
	}
	return nil
}

// scope is the records that are looked at: all where it is empty and the look is deep.
func (x *exam) scope() ([]customer.ID, error) {
	if x.Deep {
		return nil, nil
	}
	return x.view.RecentRecords(quickActs, quickRecords)
}

func count(area string, records, requests int64) int64 {
	switch area {
	case "requests":
		return requests
	case "causes":
		return 0
	}
	return records
}
