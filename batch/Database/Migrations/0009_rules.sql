-- Superseded applications are looked at each night: is their winner gone (R33), are they to be judged again first?
CREATE INDEX application_superseded ON application (key) WHERE state = 'superseded';
