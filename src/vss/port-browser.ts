// How a thread of VssPool hears the pool and answers it, in a Web Worker: in place of port.ts.

/** The globals of a Web Worker. */
const scope = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown, moved: ArrayBuffer[]): void;
};

export function listen(work: (message: unknown) => void): void {
  scope.addEventListener('message', ({ data }) => work(data));
}

export function answer(message: unknown, moved: ArrayBuffer[] = []): void {
  scope.postMessage(message, moved);
}
