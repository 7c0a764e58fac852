package clock

import "time"

// behindMax is how far a system clock may be behind what is known to be past: somebody who keeps it right by a time server
// puts it back by moments, and a box may have restarted in less. No stamp goes below the floor for that.
const behindMax = time.Minute

// aheadMax is how far a system clock may be ahead of everything that is known to be past: a box may lie in a store, or be
// installed years after its program was built. Headquarters' issuers live four years; after that a box that was never
// told the time is enrolled anew, and told. 2038 and 2106, where counters of 32 bits end, are further away than that from
// any box of these years.
const aheadMax = 5 * 366 * 24 * time.Hour
