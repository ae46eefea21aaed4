// What our declarations mention of the browser, for projects whose types have no DOM, such as a server's. Where the types are
// there, an interface without members adds nothing to them; where they are not, it stands for what only a browser has.

declare global {
  interface AbortController {}
  interface AbortSignal {}
  interface AddEventListenerOptions {}
  interface Blob {}
  interface Event {}
  interface EventListenerObject {}
  interface EventListenerOptions {}
  interface EventTarget {}
  interface MessagePort {}
  interface Response {}
  interface URL {}
  interface Worker {}
  namespace WebAssembly {
    interface Module {}
  }
}

/** What is handed over by a message, and not copied: `Transferable` names it only where types of a browser are. */
export type Transferred = MessagePort | ArrayBufferLike;
