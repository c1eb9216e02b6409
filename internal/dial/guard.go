// Package dial opens connections to addresses that people configure, without letting
// them point Amend at its own machine, network or cloud metadata (server-side request
// forgery). A name is resolved once, every address it has is judged, and exactly a
// judged address is dialled, so a name that changes between look-ups gains nothing.
package dial

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"amend/fault"
)

// DefaultTimeout bounds one whole exchange when Config names none.
const DefaultTimeout = 10 * time.Second

// Config says what a Guard may reach besides the public internet.
type Config struct {
	// Allow lists the inside destinations that an operator permits: host names, addresses
	// and CIDR ranges. What is listed may be private and may be spoken to without TLS.
	// Metadata addresses stay closed whatever it says.
	Allow   []string
	Roots   *x509.CertPool // certificate authorities; nil: the system's
	Timeout time.Duration  // of one exchange; 0: DefaultTimeout
	// Lookup resolves a name; nil: the system's resolver.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// A Guard dials for connectors. It holds no connection itself and is safe for concurrent use.
type Guard struct {
	hosts   map[string]bool
	ranges  []netip.Prefix
	roots   *x509.CertPool
	timeout time.Duration
	lookup  func(ctx context.Context, host string) ([]netip.Addr, error)
	connect func(ctx context.Context, d *net.Dialer, addr string) (net.Conn, error)
}

// New reads c. An entry of the allow list that is neither host, address nor range is refused.
func New(c Config) (*Guard, error) {
	g := &Guard{hosts: map[string]bool{}, roots: c.Roots, timeout: c.Timeout, lookup: c.Lookup, connect: connectTCP}
	if g.timeout <= 0 {
		g.timeout = DefaultTimeout
	}
	if g.lookup == nil {
		g.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	for _, entry := range c.Allow {
		if err := g.allow(strings.TrimSpace(entry)); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *Guard) allow(entry string) error {
	if p, err := netip.ParsePrefix(entry); err == nil {
		g.ranges = append(g.ranges, p.Masked())
		return nil
	}
	if a, err := netip.ParseAddr(entry); err == nil && a.Zone() == "" {
		g.ranges = append(g.ranges, netip.PrefixFrom(a, a.BitLen()))
		return nil
	}
	host, err := plainHost(entry)
	if err != nil {
		return fault.New(fault.Invalid, "bad_allow_entry", "entry", entry)
	}
	g.hosts[host] = true
	return nil
}

func connectTCP(ctx context.Context, d *net.Dialer, addr string) (net.Conn, error) {
	return d.DialContext(ctx, "tcp", addr)
}

// DialSealed dials addr ("host:port") for a caller that speaks TLS over it.
func (g *Guard) DialSealed(ctx context.Context, network, addr string) (net.Conn, error) {
	return g.dial(ctx, network, addr, false)
}

// DialPlain dials addr for a caller that speaks without TLS, which only
// allow-listed destinations permit.
func (g *Guard) DialPlain(ctx context.Context, network, addr string) (net.Conn, error) {
	return g.dial(ctx, network, addr, true)
}

func (g *Guard) dial(ctx context.Context, network, addr string, plain bool) (net.Conn, error) {
	if !strings.HasPrefix(network, "tcp") {
		return nil, fault.New(fault.Invalid, "network_blocked", "network", network)
	}
	host, port, err := splitAddr(addr)
	if err != nil {
		return nil, err
	}
	ips, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, ip := range ips { // one bad address spoils the name: it may be the one tried next time
		if err := g.judge(host, ip, plain); err != nil {
			return nil, err
		}
	}
	return g.first(ctx, host, ips, port, plain)
}

// first dials ips in order. The check in Control is made on the very address that the
// kernel is about to be given, after every other layer has had its say.
func (g *Guard) first(ctx context.Context, host string, ips []netip.Addr, port uint16, plain bool) (net.Conn, error) {
	d := &net.Dialer{Timeout: g.timeout, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fault.New(fault.Invalid, "address_blocked")
		}
		return g.judge(host, ap.Addr(), plain)
	}}
	var last error
	for _, ip := range ips {
		conn, err := g.connect(ctx, d, netip.AddrPortFrom(ip, port).String())
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, last
}

func (g *Guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	ips, err := g.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	if len(ips) == 0 {
		return nil, &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	return ips, nil
}

// judge says whether ip, reached under host, may be dialled.
func (g *Guard) judge(host string, ip netip.Addr, plain bool) error {
	listed := g.hosts[host] || g.listed(ip)
	switch {
	case ip.Zone() != "", metadata(ip):
		return fault.New(fault.Invalid, "address_blocked")
	case listed:
		return nil
	case !public(ip):
		return fault.New(fault.Invalid, "address_blocked")
	case plain:
		return fault.New(fault.Invalid, "tls_required")
	}
	return nil
}

func (g *Guard) listed(ip netip.Addr) bool {
	for _, p := range g.ranges {
		if p.Contains(ip) || p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}
