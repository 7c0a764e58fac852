package link

// LinkBytesMax is what a link may have in memory outside of a room.
const LinkBytesMax = linkBytesMax
