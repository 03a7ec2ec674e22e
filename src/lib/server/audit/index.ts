/** Who looked at what, and whether what happened was written down unchanged. */
export { logAccess } from './access.ts';
export { timelineEventOf, verifyTimeline, type EventRow } from './timeline.ts';
