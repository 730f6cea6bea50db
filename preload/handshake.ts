/** What page and host say to each other before there is a wire. */

/** Subprotocol of a browser page's socket; a second one, this prefix and the token, says who asks. */
export const WIRE_PROTOCOL: string = 'kubereel';
export const TOKEN_PREFIX: string = 'token.';

/** Behind the `#` of a page that is loaded again because the one before has died. */
export const AFTER_CRASH: string = 'after-crash';

/** The desktop page asks for its port by this message to its own window, and gets it back with the port. */
export const PORT_MESSAGE: string = 'kubereel:port';
