-- Which models a user has in statistics: asked where a name is new, because names are bounded for each user.
--
-- From here on aiproxy_usage_record.answered may also be 2: the answer named model_asked, and the dimension's model is a collective name.
CREATE INDEX aiproxy_usage_dimension_model ON aiproxy_usage_dimension (user_id, model);
