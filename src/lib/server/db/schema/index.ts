export * from './appointment.ts';
export * from './audit.ts';
export * from './escalation.ts';
export * from './grievance.ts';
export * from './hearing.ts';
export * from './identity.ts';
export * from './masters.ts';
export * from './notification.ts';
