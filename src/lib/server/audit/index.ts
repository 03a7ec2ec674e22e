/** Who looked at what, and whether what happened was written down unchanged. */
export { accessCount, accessesOf, logAccess, type Access } from './access.ts';
export { timelineEventOf, type EventRow } from './timeline.ts';
export { verifyAll, verifyTimeline } from './verify.ts';
