package server

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"amend/internal/store"
)

// metrics counts, in a registry of its own. No label holds an id, a name or an address:
// routes, statuses, kinds and queues only.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	rows     *prometheus.CounterVec
	failures *prometheus.CounterVec
}

func newMetrics(health func(context.Context) (store.Health, error), now func() time.Time, log *slog.Logger) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "amend_requests_total", Help: "HTTP requests answered."}, []string{"method", "route", "status"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "amend_request_seconds", Help: "Time to answer.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 8)}, []string{"route"}),
		rows:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "amend_work_rows_total", Help: "Rows done by the work loop."}, []string{"kind"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "amend_work_failures_total", Help: "Rounds of the work loop that failed."}, []string{"kind"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.rows, m.failures, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newQueues(health, now, log))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError, MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
}

func (m *metrics) requested(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) worked(kind string, rows int, failed error) {
	m.rows.WithLabelValues(kind).Add(float64(rows))
	if failed != nil {
		m.failures.WithLabelValues(kind).Inc()
	}
}

// queues reads how the queues are when somebody asks, and not before.
type queues struct {
	health func(context.Context) (store.Health, error)
	now    func() time.Time
	log    *slog.Logger
	up     *prometheus.Desc
	due    *prometheus.Desc
	oldest *prometheus.Desc
	size   *prometheus.Desc
	stuck  *prometheus.Desc
}

func newQueues(health func(context.Context) (store.Health, error), now func() time.Time, log *slog.Logger) *queues {
	return &queues{
		health: health, now: now, log: log,
		up:     prometheus.NewDesc("amend_database_up", "1 if the database answers.", nil, nil),
		due:    prometheus.NewDesc("amend_queue_due", "Rows whose time has come.", []string{"queue"}, nil),
		oldest: prometheus.NewDesc("amend_queue_oldest_seconds", "How long the most overdue row has waited.", []string{"queue"}, nil),
		size:   prometheus.NewDesc("amend_log_size", "Entries under the newest signed head.", nil, nil),
		stuck:  prometheus.NewDesc("amend_needs_a_person", "Rows that no retry helps any more.", []string{"what"}, nil),
	}
}

// Describe serves prometheus.Collector.
func (q *queues) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{q.up, q.due, q.oldest, q.size, q.stuck} {
		out <- d
	}
}

// Collect serves prometheus.Collector.
func (q *queues) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	h, err := q.health(ctx)
	if err != nil {
		q.log.WarnContext(ctx, "queues not counted", "error", err)
		gauge(q.up, 0)
		return
	}
	gauge(q.up, 1)
	for _, queue := range []struct {
		name  string
		n     int64
		since time.Time
	}{
		{"log", h.Unsequenced, h.OldestUnsequenced}, {"request", h.DueChanges, h.OldestDue},
		{"delivery", h.DueDeliveries, h.OldestDelivery}, {"notice", h.DueNotices, h.OldestNotice},
	} {
		waited := 0.0
		if !queue.since.IsZero() {
			waited = max(0, q.now().Sub(queue.since).Seconds())
		}
		gauge(q.due, float64(queue.n), queue.name)
		gauge(q.oldest, waited, queue.name)
	}
	gauge(q.size, float64(h.LogSize))
	gauge(q.stuck, float64(h.Quarantined), "request")
	gauge(q.stuck, float64(h.Untaken), "notice")
	gauge(q.stuck, float64(h.Exceptions), "delivery")
}
