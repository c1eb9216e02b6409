package verify

import "net/netip"

// Network is the network that an address belongs to, which is what one line or one household
// has: a /24 of IPv4, a /48 of IPv6. Limits on asking and guessing are counted by it.
func Network(a netip.Addr) string {
	bits := 48
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
