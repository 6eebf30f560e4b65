// The script of the pool's workers. A file of one's own, so that bundlers such as Vite find it by its URL.
import '@mistore/core/worker';
