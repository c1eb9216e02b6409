package store

import (
	"maps"
	"slices"
	"time"

	"amend/downstream"
)

// hourOf counts hours since 1970.
func hourOf(at time.Time) int64 { return at.Unix() / int64(time.Hour/time.Second) }

// AddPace counts what a batch of deliveries took, in the hour that it is now.
func (tx *Tx) AddPace(id downstream.SystemID, p downstream.Pace) {
	const q = `INSERT INTO system_hour (system_id, hour, step, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (system_id, hour, step) DO UPDATE SET n = system_hour.n + excluded.n`
	for _, step := range slices.Sorted(maps.Keys(p)) {
		tx.Exec(q, id, hourOf(tx.Now()), step, p[step])
	}
}

// ForgetPaces drops what was counted before a time.
func (tx *Tx) ForgetPaces(before time.Time) {
	tx.Exec(`DELETE FROM system_hour WHERE hour < $1`, hourOf(before))
}

// PaceHours is how many hours are shown: a day.
const PaceHours = 24

// A DayPace is the pace of a system in each of the last hours, the one under way last.
type DayPace [PaceHours]downstream.Pace

// Sum is the pace of all of them.
func (d DayPace) Sum() downstream.Pace {
	sum := downstream.Pace{}
	for _, hour := range d {
		sum.Add(hour)
	}
	return sum
}

// paces answers the pace of every system that delivered anything in the last hours.
func (v View) paces(now time.Time) (map[downstream.SystemID]DayPace, error) {
	last, all := hourOf(now), map[downstream.SystemID]DayPace{}
	return all, v.each("paces", func(row Row) error {
		var id downstream.SystemID
		var hour, n int64
		var step downstream.Step
		if err := row.Scan(&id, &hour, &step, &n); err != nil {
			return err
		}
		day := all[id]
		at := PaceHours - 1 - (last - hour)
		if day[at] == nil {
			day[at] = downstream.Pace{}
		}
		day[at][step], all[id] = n, day
		return nil
	}, `SELECT system_id, hour, step, n FROM system_hour WHERE hour > $1 AND hour <= $2`, last-PaceHours, last)
}
