package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"amend/connector"
	"amend/customer"
	"amend/downstream"
	"amend/internal/dial"
	"amend/internal/sandbox"
)

// The outskirts are systems that are reached over HTTP on loopback, by the connectors that
// the product ships.
type outskirts struct {
	pool      *connector.Pool
	receivers []*sandbox.Receiver
}

// overHTTP is how their ids begin.
const overHTTP = "hook"

func newOutskirts() (*outskirts, error) {
	guard, err := dial.New(dial.Config{Allow: []string{"127.0.0.0/8"}})
	if err != nil {
		return nil, err
	}
	o := &outskirts{pool: connector.NewPool(connector.Setup{Guard: guard, Now: time.Now})}
	for range following() {
		in, err := sandbox.OpenReceiver(make([]byte, 32))
		if err != nil {
			return nil, errors.Join(err, o.close())
		}
		o.receivers = append(o.receivers, in)
	}
	return o, nil
}

func (o *outskirts) close() error {
	errs := []error{o.pool.Close()}
	for _, in := range o.receivers {
		errs = append(errs, in.Close())
	}
	return errors.Join(errs...)
}

func (o *outskirts) calls() (n int) {
	for _, in := range o.receivers {
		n += in.Calls()
	}
	return n
}

// connect adds a system for each receiver.
func (o *outskirts) connect(ctx context.Context, g *ground) ([]downstream.SystemID, error) {
	near := g.outside.Connector
	g.outside.Connector = func(s downstream.System, secret []byte) (downstream.Connector, error) {
		if strings.HasPrefix(string(s.ID), overHTTP) {
			return o.pool.Of(s, secret)
		}
		return near(s, secret)
	}
	g.seat()
	var ids []downstream.SystemID
	for i, in := range o.receivers {
		id := downstream.SystemID(fmt.Sprint(overHTTP, i))
		if err := g.hook(ctx, id, in.URL, in.Secret()); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// hook connects a system over a signed webhook.
func (g *ground) hook(ctx context.Context, id downstream.SystemID, url string, secret []byte) error {
	settings, err := json.Marshal(map[string]string{"url": url})
	if err != nil {
		return err
	}
	return g.desk.AddSystem(ctx, operator(), downstream.System{
		ID: id, Name: string(id), Connector: "webhook", Settings: settings, Kinds: []customer.Kind{customer.Person},
		Fields: []downstream.Subscription{{Key: "legal_name"}, {Key: "phone"}, {Key: "email"}}, Owner: "bench",
	}, secret)
}

// deadAddress is a loopback address where nobody listens.
func deadAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return "http://" + l.Addr().String() + "/dead", l.Close()
}
