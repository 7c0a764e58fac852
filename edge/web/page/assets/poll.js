// For browsers that know no modules: the page is loaded anew instead of kept true by a socket.
setTimeout(function () { location.reload(); }, document.body.getAttribute("data-poll") * 1000);
