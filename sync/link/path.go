package link

// Path is where headquarters takes links.
const Path = "/road"
